//! Tags: which are in use, and on which records. Triggers keep a row for each tag of a record, with whose record it is.

use crm_authz::{Reach, Scope};
use crm_domain::page::Limit;
use crm_domain::permission::Record;
use crm_domain::tag::{TagUse, TagUses};
use crm_domain::text::Tag;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::after_prefix;
use crate::schema::record_tags;
use crate::visibility::within_tagged;

/// So many tags are looked at, in the order of the alphabet.
const LOOKED_AT: i64 = 200;

/// To look at a tag takes a descent in the index for each part of the scope: in a wide team fewer tags are looked at than
/// [`LOOKED_AT`], so that there are about so many descents.
const DESCENTS: i64 = 20_000;

/// Not even in the widest team fewer tags are looked at.
const LOOKED_AT_LEAST: i64 = 20;

/// Steps from tag to tag within the scope, and counts the records of each, at most so many. Every part is read in the order
/// of an index, so that nothing is read in vain, whatever the planner thinks of the number of rows. `{next}` is the first key
/// that compares so, and `{spellings}` are those of the rows of a tag.
const USES: &str = "
    with recursive step as (
        select ({first}) as key
        union all
        select ({next}) from step where step.key is not null
    ),
    looked_at as (select key from step where key is not null limit $4 + 1),
    uses as (
        select tag.key, counted.spelling, counted.records
        from (select key from looked_at order by key limit $4) as tag
        cross join lateral (
            select mode() within group (order by spelling) as spelling, count(*) as records
            from ({spellings} limit $5 + 1) as reached
        ) as counted
        order by least(counted.records, $5) desc, tag.key
        limit $6
    )
    select looked.is_complete, uses.spelling, uses.records
    from (select count(*) <= $4 as is_complete from looked_at) as looked
    left join uses on true
    order by least(uses.records, $5) desc, uses.key";

/// The parts of [`USES`] for some reach.
struct Reached {
    next: &'static str,
    spellings: &'static str,
}

const ALL: Reached = Reached {
    next: "
        select key from record_tags
        where resource = $1 and not is_archived and key {compared} and key < $3
        order by key limit 1",
    spellings: "
        select spelling from record_tags
        where resource = $1 and not is_archived and key = tag.key
        order by spelling",
};

/// `$7` has the owners of the parts, and `$8` for each whether it is what waits to be taken, or what does not.
const PARTS: Reached = Reached {
    next: "
        select min(nearest.key)
        from unnest($7, $8) as part (owner_id, is_unassigned)
        cross join lateral (
            select key from record_tags as own
            where resource = $1 and not is_archived and key {compared} and key < $3
              and own.owner_id = part.owner_id and own.is_unassigned = part.is_unassigned
            order by key limit 1
        ) as nearest",
    spellings: "
        select own.spelling
        from unnest($7, $8) as part (owner_id, is_unassigned)
        cross join lateral (
            select spelling from record_tags as own
            where resource = $1 and not is_archived and key = tag.key
              and own.owner_id = part.owner_id and own.is_unassigned = part.is_unassigned
            order by spelling limit $5 + 1
        ) as own",
};

impl Reached {
    fn query(&self) -> String {
        USES.replace("{first}", &self.next.replace("{compared}", ">= $2"))
            .replace("{next}", &self.next.replace("{compared}", "> step.key"))
            .replace("{spellings}", self.spellings)
    }
}

/// One tag; without a tag, where none is found.
#[derive(QueryableByName)]
struct UseRow {
    #[diesel(sql_type = Bool)]
    is_complete: bool,
    #[diesel(sql_type = Nullable<Text>)]
    spelling: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    records: Option<i64>,
}

/// The tags in use that begin with `prefix`, which is folded, on records at hand that the scope reaches: the most used
/// first. Of all that begin so, the first 200 are looked at, or fewer where the scope is that of a wide team.
///
/// # Errors
/// When the database fails.
pub async fn uses<R: Record>(
    conn: &mut AsyncPgConnection,
    prefix: &str,
    limit: Limit,
    scope: &Scope<R>,
) -> Result<TagUses, Error> {
    let parts = parts(scope.reach());
    let reached = if parts.is_some() { PARTS } else { ALL };
    let query = diesel::sql_query(reached.query())
        .bind::<Text, _>(R::RESOURCE.as_str())
        .bind::<Text, _>(prefix)
        .bind::<Text, _>(after_prefix(prefix))
        .bind::<BigInt, _>(looked_at(
            parts.as_ref().map_or(1, |(owners, _)| owners.len()),
        ))
        .bind::<BigInt, _>(TagUse::CAP)
        .bind::<BigInt, _>(i64::from(limit.rows()));
    let rows: Vec<UseRow> = match parts {
        None => query.load(conn).await?,
        Some((owners, are_unassigned)) => {
            let query = query
                .bind::<Array<SqlUuid>, _>(owners)
                .bind::<Array<Bool>, _>(are_unassigned);
            query.load(conn).await?
        }
    };
    let is_complete = rows.iter().all(|row| row.is_complete);
    let tags = rows.into_iter().filter_map(tag_use).collect();
    Ok(TagUses { tags, is_complete })
}

fn looked_at(parts: usize) -> i64 {
    let parts = i64::try_from(parts).unwrap_or(i64::MAX).max(1);
    (DESCENTS / parts).clamp(LOOKED_AT_LEAST, LOOKED_AT)
}

fn tag_use(row: UseRow) -> Option<TagUse> {
    let (tag, records) = (row.spelling?, row.records?);
    Some(TagUse {
        tag: Tag::from_stored(tag),
        records: records.min(TagUse::CAP),
        is_capped: records > TagUse::CAP,
    })
}

/// What is within reach, in parts that each stand together in an index: of which owner, and whether it waits to be taken.
/// `None` when everything is.
fn parts(reach: &Reach) -> Option<(Vec<Uuid>, Vec<bool>)> {
    let both = |owner: &Uuid| [(*owner, false), (*owner, true)];
    match reach {
        Reach::All => None,
        Reach::Own(user) => Some(both(user.as_uuid()).into_iter().unzip()),
        Reach::Team(colleagues) => Some(colleagues.iter().flat_map(both).unzip()),
        Reach::Queue(user, colleagues) => {
            let others = colleagues.iter().filter(|id| *id != user.as_uuid());
            let others = others.map(|id| (*id, true));
            Some(both(user.as_uuid()).into_iter().chain(others).unzip())
        }
    }
}

/// Some records with the tag of this key in another spelling than `spelling`, put away or not, within both scopes, in the
/// order of their ids after `after`.
///
/// # Errors
/// When the database fails.
pub async fn list_tagged<R: Record>(
    conn: &mut AsyncPgConnection,
    key: &str,
    spelling: &Tag,
    after: Uuid,
    limit: usize,
    scopes: [&Scope<R>; 2],
) -> Result<Vec<Uuid>, Error> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let [one, other] = scopes.map(|scope| within_tagged(scope.reach()));
    let ids = record_tags::table
        .filter(record_tags::resource.eq(R::RESOURCE.as_str()))
        .filter(record_tags::key.eq(key))
        .filter(record_tags::record_id.gt(after))
        .filter(record_tags::spelling.ne(spelling.as_str()))
        .filter(one)
        .filter(other)
        .order(record_tags::record_id)
        .limit(rows)
        .select(record_tags::record_id);
    Ok(ids.load(conn).await?)
}
