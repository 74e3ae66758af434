//! The tables of the plugin, and what it reads of the core's.

diesel::table! {
    deals_pipelines (id) {
        id -> Uuid,
        name -> Text,
        is_archived -> Bool,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    deals_stages (id) {
        id -> Uuid,
        pipeline_id -> Uuid,
        name -> Text,
        kind -> Text,
        probability -> SmallInt,
        stale_after_days -> Nullable<SmallInt>,
        position -> SmallInt,
        is_archived -> Bool,
    }
}

diesel::table! {
    deals_deals (id) {
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        search_text -> Text,
        customer_id -> Uuid,
        pipeline_id -> Uuid,
        stage_id -> Uuid,
        kind -> Text,
        amount -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        amount_key -> Text,
        probability_override -> Nullable<SmallInt>,
        expected_close_date -> Nullable<Date>,
        close_key -> Text,
        assigned_to -> Nullable<Uuid>,
        lost_reason -> Nullable<Text>,
        closed_at -> Nullable<Timestamptz>,
        stage_since -> Timestamptz,
        rank -> Text,
        is_archived -> Bool,
        version -> Integer,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        owner_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    deals_stage_changes (id) {
        id -> BigInt,
        deal_id -> Uuid,
        from_stage -> Uuid,
        to_stage -> Uuid,
        changed_at -> Timestamptz,
        changed_by -> Nullable<Uuid>,
        seconds -> BigInt,
    }
}

diesel::table! {
    deals_merged (deal_id, source_id) {
        deal_id -> Uuid,
        source_id -> Uuid,
        target_id -> Uuid,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        name -> Text,
        email -> Text,
    }
}

diesel::table! {
    customers (id) {
        id -> Uuid,
        is_archived -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(deals_deals, deals_stages, users);
diesel::allow_tables_to_appear_in_same_query!(deals_stage_changes, users);
diesel::allow_tables_to_appear_in_same_query!(deals_stages, deals_pipelines);
