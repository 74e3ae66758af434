//! The tables as the migrations leave them; a test compares this with a migrated database.

diesel::table! {
    users (id) {
        id -> Uuid,
        name -> Text,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        is_active -> Bool,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        name_key -> Text,
        role_ids -> Array<Uuid>,
        team_ids -> Array<Uuid>,
        is_service -> Bool,
    }
}

diesel::table! {
    roles (id) {
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        description -> Nullable<Text>,
        is_built_in -> Bool,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        demands_second_factor -> Bool,
    }
}

diesel::table! {
    role_parents (role_id, parent_id) {
        role_id -> Uuid,
        parent_id -> Uuid,
    }
}

diesel::table! {
    role_grants (role_id, permission) {
        role_id -> Uuid,
        permission -> Text,
        extent -> Text,
    }
}

diesel::table! {
    teams (id) {
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        hash -> Binary,
        scopes -> Array<Text>,
        expires_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    assignment_rules (id) {
        id -> Uuid,
        name -> Text,
        position -> Integer,
        is_active -> Bool,
        conditions -> Jsonb,
        strategy -> Text,
        user_ids -> Nullable<Array<Uuid>>,
        team_id -> Nullable<Uuid>,
        last_user -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    access_version (only_row) {
        only_row -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        salt -> Binary,
        counter -> Integer,
        seen_counter -> Integer,
        created_at -> Timestamptz,
        rotated_at -> Timestamptz,
        idle_expires_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        revoke_reason -> Nullable<Text>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        revoked_xid -> Nullable<BigInt>,
    }
}

diesel::table! {
    sign_in_attempts (key) {
        key -> Binary,
        day -> Date,
        count -> Integer,
        unlock_at -> Timestamptz,
    }
}

diesel::table! {
    sign_in_addresses (address) {
        address -> Text,
        full_at -> Timestamptz,
    }
}

diesel::table! {
    second_factors (user_id) {
        user_id -> Uuid,
        key_id -> Text,
        secret -> Binary,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> BigInt,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    recovery_codes (user_id, hash) {
        user_id -> Uuid,
        hash -> Binary,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    one_time_tokens (hash) {
        hash -> Binary,
        purpose -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        user_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    customer_notes (id) {
        id -> Uuid,
        customer_id -> Uuid,
        text -> Text,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    custom_fields (id) {
        id -> Uuid,
        resource -> Text,
        key -> Text,
        label -> Text,
        #[sql_name = "type"]
        kind -> Text,
        rules -> Jsonb,
        is_required -> Bool,
        position -> Integer,
        is_archived -> Bool,
        index_state -> Text,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    customers (id) {
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        company -> Nullable<Text>,
        company_key -> Nullable<Text>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        phone -> Nullable<Text>,
        phone_key -> Nullable<Text>,
        tags -> Array<Text>,
        tag_keys -> Array<Text>,
        search_text -> Text,
        assigned_to -> Nullable<Uuid>,
        created_by -> Nullable<Uuid>,
        custom -> Jsonb,
        custom_keys -> Jsonb,
        owner_id -> Nullable<Uuid>,
        origin_lead -> Nullable<Uuid>,
        merged_into -> Nullable<Uuid>,
        is_archived -> Bool,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    leads (id) {
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        phone -> Nullable<Text>,
        phone_key -> Nullable<Text>,
        company -> Nullable<Text>,
        company_key -> Nullable<Text>,
        status -> Text,
        status_since -> Timestamptz,
        unqualified_reason -> Nullable<Text>,
        unqualified_note -> Nullable<Text>,
        converted_customer_id -> Nullable<Uuid>,
        converted_at -> Nullable<Timestamptz>,
        source -> Nullable<Text>,
        assigned_to -> Nullable<Uuid>,
        assigned_at -> Nullable<Timestamptz>,
        tags -> Array<Text>,
        tag_keys -> Array<Text>,
        search_text -> Text,
        recycle_count -> Integer,
        merged_into -> Nullable<Uuid>,
        is_archived -> Bool,
        version -> Integer,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        custom -> Jsonb,
        custom_keys -> Jsonb,
        owner_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    record_tags (resource, key, record_id) {
        resource -> Text,
        key -> Text,
        record_id -> Uuid,
        spelling -> Text,
        owner_id -> Nullable<Uuid>,
        is_unassigned -> Bool,
        is_archived -> Bool,
    }
}

diesel::table! {
    saved_views (id) {
        id -> Uuid,
        owner_id -> Uuid,
        resource -> Text,
        name -> Text,
        name_key -> Text,
        filter -> Jsonb,
        sort -> Nullable<Text>,
        // Diesel has a module of this name in each table.
        #[sql_name = "columns"]
        shown_columns -> Array<Text>,
        is_shared -> Bool,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    merges (id) {
        id -> Uuid,
        resource -> Text,
        target_id -> Uuid,
        changes -> Jsonb,
        sources -> Jsonb,
        merged_by -> Nullable<Uuid>,
        merged_at -> Timestamptz,
        unmerged_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    tasks (id) {
        id -> Uuid,
        title -> Text,
        title_key -> Text,
        description -> Nullable<Text>,
        search_text -> Text,
        status -> Text,
        priority -> Text,
        priority_rank -> SmallInt,
        due_date -> Nullable<Date>,
        due_at -> Nullable<Timestamptz>,
        due_key -> Timestamptz,
        assigned_to -> Nullable<Uuid>,
        related_type -> Nullable<Text>,
        related_id -> Nullable<Uuid>,
        remind_at -> Nullable<Timestamptz>,
        reminded_at -> Nullable<Timestamptz>,
        completed_at -> Nullable<Timestamptz>,
        is_archived -> Bool,
        version -> Integer,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        custom -> Jsonb,
        custom_keys -> Jsonb,
        owner_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    lead_status_changes (id) {
        id -> BigInt,
        lead_id -> Uuid,
        from_status -> Text,
        to_status -> Text,
        changed_at -> Timestamptz,
        changed_by -> Nullable<Uuid>,
        seconds -> BigInt,
    }
}

diesel::table! {
    lead_counts (figure, owner_id, starts_at, is_assigned, label) {
        figure -> Text,
        owner_id -> Uuid,
        starts_at -> Timestamptz,
        is_assigned -> Bool,
        label -> Text,
        leads -> BigInt,
        converted -> BigInt,
    }
}

diesel::table! {
    lead_count_changes (position) {
        position -> BigInt,
        change -> BigInt,
        owner_id -> Nullable<Uuid>,
        assigned_to -> Nullable<Uuid>,
        status -> Text,
        source -> Nullable<Text>,
        created_at -> Timestamptz,
        converted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    activities (id) {
        id -> Uuid,
        at -> Timestamptz,
        actor_id -> Nullable<Uuid>,
        actor_name -> Nullable<Text>,
        action -> Text,
        resource -> Text,
        resource_id -> Uuid,
        changes -> Jsonb,
        request_id -> Nullable<Uuid>,
        api_key_id -> Nullable<Uuid>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    unsealed_activities (position) {
        position -> BigInt,
        activity_id -> Uuid,
    }
}

diesel::table! {
    activity_seals (day, number) {
        day -> Date,
        number -> BigInt,
        activity_id -> Uuid,
        hash -> Binary,
    }
}

diesel::table! {
    imports (id) {
        id -> Uuid,
        kind -> Text,
        state -> Text,
        column_names -> Array<Text>,
        mapping -> Array<Text>,
        mode -> Text,
        match_by -> Text,
        on_duplicate -> Text,
        rows -> Integer,
        position -> Integer,
        created -> Integer,
        updated -> Integer,
        unchanged -> Integer,
        skipped -> Integer,
        failed -> Integer,
        reverted -> Integer,
        kept -> Integer,
        failure -> Nullable<Text>,
        owner_id -> Uuid,
        api_key_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    import_rows (import_id, number) {
        import_id -> Uuid,
        number -> Integer,
        line -> Integer,
        cells -> Jsonb,
        problem -> Nullable<Text>,
        outcome -> Nullable<Text>,
        reason -> Nullable<Text>,
        email_key -> Nullable<Text>,
        record_id -> Nullable<Uuid>,
        version -> Nullable<Integer>,
        changes -> Nullable<Jsonb>,
    }
}

diesel::table! {
    events (position) {
        position -> BigInt,
        id -> Uuid,
        name -> Text,
        version -> SmallInt,
        resource -> Text,
        resource_id -> Uuid,
        payload -> Jsonb,
        at -> Timestamptz,
        horizon -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        position -> BigInt,
        name -> Text,
        payload -> Jsonb,
        partition_key -> Nullable<Text>,
        unique_key -> Nullable<Text>,
        state -> Text,
        run_at -> Timestamptz,
        attempts -> Integer,
        max_attempts -> Integer,
        leased_until -> Nullable<Timestamptz>,
        lease -> Nullable<Uuid>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        died_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    schedules (name) {
        name -> Text,
        every_ms -> BigInt,
        next_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (caller, key) {
        caller -> Uuid,
        key -> Text,
        fingerprint -> Binary,
        rights -> Binary,
        claim -> Uuid,
        is_committed -> Bool,
        lease_until -> Timestamptz,
        status -> Nullable<SmallInt>,
        headers -> Nullable<Jsonb>,
        body -> Nullable<Binary>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    plugin_grants_applied (permission, role_id) {
        plugin -> Text,
        permission -> Text,
        role_id -> Uuid,
        applied_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    leads,
    users,
    sessions,
    customers,
    customer_notes,
    tasks
);
diesel::allow_tables_to_appear_in_same_query!(users, second_factors);
diesel::allow_tables_to_appear_in_same_query!(users, saved_views);
diesel::allow_tables_to_appear_in_same_query!(users, lead_status_changes);
diesel::allow_tables_to_appear_in_same_query!(activities, activity_seals, unsealed_activities);
diesel::allow_tables_to_appear_in_same_query!(activities, events);
