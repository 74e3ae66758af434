//! Tags: those in use, and one in the place of others.

use crm_app::tags::{Renamed, Tags as TagsOf};
use crm_domain::permission::Resource;
use crm_domain::tag::{self, TagRename};
use crm_domain::text::Tag as DomainTag;
use crm_domain::violation::Violations;
use poem_openapi::{Object, OpenApi, Tags};
use serde::{Deserialize, Serialize};

use crate::auth::{Identified, Require};
use crate::body::Body;
use crate::page;
use crate::permissions;
use crate::problem::Problem;
use crate::query::{Query, QueryParameters, parse};
use crate::reply::Reply;
use crate::wire::{List, TagText, Text, wire_enum};

permissions! {
    /// Rename and merge tags.
    TagManage = "tag:manage" (Resource::TAG, Manage);
}

wire_enum! {
    /// What kind of record has the tags.
    #[oai(rename_all = "camelCase")]
    #[serde(rename_all = "camelCase")]
    TaggedResource = tag::Tagged {
        /// Leads.
        Lead = "lead",
        /// Customers.
        Customer = "customer",
    }
}

/// Which tags are wanted.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct ListTags {
    /// On records of this kind.
    resource: TaggedResource,
    /// That begin so, compared as tags are: without case and accents.
    prefix: Option<TagText>,
    /// How many: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl QueryParameters for ListTags {}

/// A tag that is in use.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct TagUse {
    /// The tag, as most of the records that were counted spell it.
    tag: TagText,
    /// On how many records at hand that the caller may read; counting stops at 1,000.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    records: i64,
    /// Whether there are more than that.
    is_capped: bool,
}

impl From<tag::TagUse> for TagUse {
    fn from(used: tag::TagUse) -> Self {
        let tag::TagUse {
            tag,
            records,
            is_capped,
        } = used;
        Self {
            tag: Text::from(&tag),
            records,
            is_capped,
        }
    }
}

/// Tags in use.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct TagList {
    /// The most used first.
    #[oai(validator(max_items = 100))]
    tags: Vec<TagUse>,
    /// Whether all that begin so were looked at: it is the first 200 in the order of the alphabet, and fewer for who sees the
    /// records of a wide team. A longer `prefix` finds the others.
    is_complete: bool,
}

impl From<tag::TagUses> for TagList {
    fn from(uses: tag::TagUses) -> Self {
        Self {
            tags: uses.tags.into_iter().map(TagUse::from).collect(),
            is_complete: uses.is_complete,
        }
    }
}

/// One tag in the place of others.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct RenameTag {
    /// On records of this kind.
    resource: TaggedResource,
    /// The tags that give way, at least one; each however it is spelled.
    from: List<TagText, { TagRename::MAX }>,
    /// The tag that takes their place, spelled so.
    to: TagText,
}

impl TryFrom<RenameTag> for TagRename {
    type Error = Problem;

    fn try_from(body: RenameTag) -> Result<Self, Problem> {
        let mut violations = Violations::new();
        if body.from.is_empty() {
            violations.add("from", "too-short", "must name a tag");
        }
        let from = body.from.iter().enumerate();
        let from: Vec<DomainTag> = from
            .filter_map(|(i, text)| text.parse(&format!("from/{i}"), &mut violations))
            .collect();
        let to = body.to.parse("to", &mut violations);
        match to {
            Some(to) if violations.count() == 0 => Ok(Self::new(&from, to)),
            _ => Err(violations.into()),
        }
    }
}

/// How far a rename came.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct TagRenamed {
    /// How many records changed.
    #[oai(validator(minimum(value = "0"), maximum(value = "2000")))]
    records: usize,
    /// How many did not, since the installation refuses it; once for each tag.
    #[oai(validator(minimum(value = "0"), maximum(value = "2000")))]
    refused: usize,
    /// Whether no other record is left to change; otherwise, call again.
    is_complete: bool,
}

const _: () = assert!(TagsOf::MAX_RENAMED == 2_000, "as the document says");

impl From<Renamed> for TagRenamed {
    fn from(renamed: Renamed) -> Self {
        let Renamed {
            records,
            refused,
            is_complete,
        } = renamed;
        Self {
            records,
            refused,
            is_complete,
        }
    }
}

#[derive(Tags)]
enum Tag {
    /// Labels on records.
    Tags,
}

/// The operations below `/api/tags`.
pub struct TagsApi;

#[OpenApi(tag = "Tag::Tags")]
impl TagsApi {
    /// List tags in use
    ///
    /// On records at hand that the caller may read, which takes `lead:read` or `customer:read`. The most used come first.
    #[oai(path = "/tags", method = "get", operation_id = "listTags")]
    async fn list(
        &self,
        auth: Identified,
        query: Query<ListTags>,
    ) -> Result<Reply<TagList>, Problem> {
        let ListTags {
            resource,
            prefix,
            limit,
        } = query.0;
        let prefix: Option<DomainTag> = prefix.map(|text| parse("prefix", text)).transpose()?;
        let limit = page::limit(limit)?;
        let tags = auth.crm().tags();
        let uses = tags
            .uses(auth.actor(), resource.into(), prefix.as_ref(), limit)
            .await?;
        Ok(Reply::new(uses.into()))
    }

    /// Rename or merge tags
    ///
    /// One tag takes the place of others, or of another spelling of itself, on all records that the caller may change,
    /// those put away among them. Each is written as by a change of its own, with a new version and an event. A record that
    /// has the new tag already keeps it once, and the spelling of whichever comes first.
    ///
    /// One call tries 2,000 records at most, some at a time in a transaction: what is done stays done when the next fails. While
    /// the answer is not complete and some records changed, or when it is lost, call again (with another `Idempotency-Key`): it
    /// goes on with those that are left, and changes nothing when there are none.
    #[oai(path = "/tags/rename", method = "post", operation_id = "renameTags")]
    async fn rename(
        &self,
        auth: Require<TagManage>,
        body: Body<RenameTag>,
    ) -> Result<Reply<TagRenamed>, Problem> {
        let resource = body.0.resource.into();
        let rename = TagRename::try_from(body.0)?;
        let tags = auth.crm().tags();
        let renamed = tags.rename(auth.actor(), resource, &rename).await?;
        Ok(Reply::new(renamed.into()))
    }
}
