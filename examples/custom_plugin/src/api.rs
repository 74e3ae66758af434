//! The operations below `/api/visits`.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::list::ListQuery;
use crm_domain::violation::Violations;
use crm_http::plugin::{
    Body, Created, IfMatch, Problem, Query, QueryParameters, Reply, Require, Versioned, location,
};
use crm_http::wire::NameText;
use crm_http::{list_answer, list_parameters, permissions};
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::visit::{VISIT, Visit, VisitFilter, VisitSortField};
use crate::visits::Visits;

permissions! {
    /// See visits.
    VisitRead = "visits.visit:read" (VISIT, Read);
    /// Plan visits.
    VisitCreate = "visits.visit:create" (VISIT, Create);
    /// Say that visits are done.
    VisitUpdate = "visits.visit:update" (VISIT, Update);
}

/// A visit, for a customer.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(crate) struct VisitsVisit {
    /// Identifies it.
    id: Uuid,
    /// What it is about.
    name: NameText,
    /// The customer whom it is for.
    customer_id: Uuid,
    /// Whose it is.
    owner_id: Option<Uuid>,
    /// When it was done, if it was.
    done_at: Option<DateTime<Utc>>,
    /// Counts its writes.
    #[oai(validator(minimum(value = "1")))]
    version: i32,
    /// When it was planned.
    created_at: DateTime<Utc>,
}

impl From<Visit> for VisitsVisit {
    fn from(visit: Visit) -> Self {
        Self {
            id: visit.id.uuid(),
            name: (&visit.name).into(),
            customer_id: visit.customer.uuid(),
            owner_id: visit.owner.map(UserId::uuid),
            done_at: visit.done_at,
            version: visit.version,
            created_at: visit.created_at,
        }
    }
}

/// A visit that is to be planned.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct VisitsNewVisit {
    /// What it is about.
    name: NameText,
    /// The customer whom it is for.
    customer_id: Uuid,
}

list_parameters! {
    /// The parameters of the list of visits.
    VisitsListVisits by VisitSortField, narrowed by FilterVisits {
        /// For this customer.
        customer_id: Option<Uuid>,
    }
}

impl QueryParameters for VisitsListVisits {}

list_answer! {
    /// A part of the visits.
    VisitsVisitList from Visit {
        /// The visits.
        visits: VisitsVisit,
        /// How many there are.
        total,
    }
}

pub(crate) struct VisitsApi;

#[OpenApi]
impl VisitsApi {
    /// List visits
    #[oai(path = "/visits", method = "get", operation_id = "visitsListVisits")]
    async fn list(
        &self,
        auth: Require<VisitRead>,
        query: Query<VisitsListVisits>,
    ) -> Result<Reply<VisitsVisitList>, Problem> {
        let (FilterVisits { customer_id }, sort, page) = query.0.parts()?;
        let filter = VisitFilter {
            customer: customer_id.map(Into::into),
        };
        let query = ListQuery { filter, sort, page };
        let visits = Visits(auth.crm()).list(auth.actor(), &query).await?;
        Ok(Reply::new(visits.into()))
    }

    /// Plan a visit
    ///
    /// It is the caller's own.
    #[oai(path = "/visits", method = "post", operation_id = "visitsPlanVisit")]
    async fn plan(
        &self,
        auth: Require<VisitCreate>,
        req: &Request,
        body: Body<VisitsNewVisit>,
    ) -> Result<Created<VisitsVisit>, Problem> {
        let VisitsNewVisit { name, customer_id } = body.0;
        let mut violations = Violations::new();
        let Some(name) = name.parse("name", &mut violations) else {
            return Err(violations.into());
        };
        let visits = Visits(auth.crm());
        let visit = visits.plan(auth.actor(), customer_id.into(), name).await?;
        let (id, version) = (visit.id.uuid(), visit.version);
        Ok(Created::new(visit.into())
            .etag(version)
            .header(header::LOCATION, location(req, id)))
    }

    /// Show a visit
    #[oai(path = "/visits/:id", method = "get", operation_id = "visitsGetVisit")]
    async fn get(
        &self,
        auth: Require<VisitRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<VisitsVisit>, Problem> {
        let visit = Visits(auth.crm()).get(auth.actor(), id.0.into()).await?;
        let version = visit.version;
        Ok(Versioned::new(visit.into()).etag(version))
    }

    /// Say that a visit is done
    #[oai(
        path = "/visits/:id/complete",
        method = "post",
        operation_id = "visitsCompleteVisit"
    )]
    async fn complete(
        &self,
        auth: Require<VisitUpdate>,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: IfMatch,
    ) -> Result<Versioned<VisitsVisit>, Problem> {
        let visits = Visits(auth.crm());
        let done = visits.complete(auth.actor(), id.0.into(), if_match.0);
        let visit = done.await?;
        let version = visit.version;
        Ok(Versioned::new(visit.into()).etag(version))
    }
}
