//! Custom fields: list, show, define, define otherwise, put away, take back, and their JSON Schema.

mod wire;

use crm_domain::custom_field::{FieldDefinition, NewField};
use crm_domain::permission::Resource;
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::Message;
use crate::auth::{Identified, Require};
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::permissions;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Created, Reply, Versioned, location};

pub use wire::CustomField;
use wire::{
    CreateCustomField, CustomFieldList, EditCustomField, JsonSchema, ListCustomFields, SchemaQuery,
};

permissions! {
    /// Define custom fields.
    CustomFieldManage = "customField:manage" (Resource::CUSTOM_FIELD, Manage);
}

#[derive(Tags)]
enum Tag {
    /// What records hold besides their own fields.
    CustomFields,
}

/// The operations below `/api/custom-fields`.
pub struct CustomFieldsApi;

#[OpenApi(tag = "Tag::CustomFields")]
impl CustomFieldsApi {
    /// List custom fields
    ///
    /// Those of the records that the caller may read.
    #[oai(
        path = "/custom-fields",
        method = "get",
        operation_id = "listCustomFields"
    )]
    async fn list(
        &self,
        auth: Identified,
        query: Query<ListCustomFields>,
    ) -> Result<Reply<CustomFieldList>, Problem> {
        let (resource, is_archived) = query.0.wanted();
        let fields = auth.crm().custom_fields();
        let fields = fields.list(auth.actor(), resource, is_archived).await?;
        Ok(Reply::new(CustomFieldList::from(fields)))
    }

    /// Describe custom values
    ///
    /// The JSON Schema (2020-12) of the object `custom` of a new record of this kind. A PATCH takes the same values, or
    /// `null` to clear one.
    #[oai(
        path = "/custom-fields/schema",
        method = "get",
        operation_id = "getCustomFieldSchema"
    )]
    async fn schema(
        &self,
        auth: Identified,
        query: Query<SchemaQuery>,
    ) -> Result<Reply<JsonSchema>, Problem> {
        let resource = query.0.resource.into();
        let fields = auth
            .crm()
            .custom_fields()
            .set(auth.actor(), resource)
            .await?;
        Ok(Reply::new(JsonSchema(fields.json_schema())))
    }

    /// Define a custom field
    ///
    /// Records have it from then on, on every server. Its key is never used for another field.
    #[oai(
        path = "/custom-fields",
        method = "post",
        operation_id = "createCustomField"
    )]
    async fn create(
        &self,
        auth: Require<CustomFieldManage>,
        req: &Request,
        body: Body<CreateCustomField>,
    ) -> Result<Created<CustomField>, Problem> {
        let new = NewField::try_from(body.0)?;
        let field = auth.crm().custom_fields().create(auth.actor(), new).await?;
        let (id, version) = (field.id, field.version);
        Ok(Created::new(field.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Show a custom field
    ///
    /// How it is named, what it takes, and whether its index is built.
    #[oai(
        path = "/custom-fields/:id",
        method = "get",
        operation_id = "getCustomField"
    )]
    async fn get(
        &self,
        auth: Identified,
        id: Path<Uuid>,
    ) -> Result<Versioned<CustomField>, Problem> {
        let fields = auth.crm().custom_fields();
        let field = fields.get(auth.actor(), id.0.into()).await?;
        Ok(versioned(field))
    }

    /// Define a custom field otherwise
    ///
    /// Its kind of record, its key and its type stay. Values that records hold stay too, whatever is demanded from now on. An
    /// option that is left out of `options` is put away: records keep it, and further ones do not get it.
    #[oai(
        path = "/custom-fields/:id",
        method = "patch",
        operation_id = "updateCustomField"
    )]
    async fn edit(
        &self,
        auth: Require<CustomFieldManage>,
        id: Path<Uuid>,
        /// Only if the field still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditCustomField>,
    ) -> Result<Versioned<CustomField>, Problem> {
        let edit = body.0.try_into()?;
        let fields = auth.crm().custom_fields();
        let field = fields
            .edit(auth.actor(), id.0.into(), edit, if_match.0)
            .await?;
        Ok(versioned(field))
    }

    /// Put a custom field away
    ///
    /// Records keep its values, which are hidden until it is restored.
    #[oai(
        path = "/custom-fields/:id",
        method = "delete",
        operation_id = "archiveCustomField"
    )]
    async fn archive(
        &self,
        auth: Require<CustomFieldManage>,
        id: Path<Uuid>,
        /// Only if the field still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        let fields = auth.crm().custom_fields();
        fields
            .archive(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Custom field archived.")))
    }

    /// Take a custom field back from the archive
    ///
    /// Its values are as they were.
    #[oai(
        path = "/custom-fields/:id/restore",
        method = "post",
        operation_id = "restoreCustomField"
    )]
    async fn restore(
        &self,
        auth: Require<CustomFieldManage>,
        id: Path<Uuid>,
        /// Only if the field still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Versioned<CustomField>, Problem> {
        let fields = auth.crm().custom_fields();
        let field = fields
            .restore(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(versioned(field))
    }
}

fn versioned(field: FieldDefinition) -> Versioned<CustomField> {
    let version = field.version;
    Versioned::new(CustomField::from(field)).etag(version)
}
