//! Figures: the dashboard, and leads by status, by stage and by agent.

mod link;
mod wire;

use crm_domain::permission::Resource;
use poem::Request;
use poem_openapi::{OpenApi, Tags};

use crate::auth::Require;
use crate::permissions;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::Reply;

use link::Links;
use wire::{Agents, Dashboard, Days, Funnel, LeadsByStatus};

permissions! {
    /// See figures.
    AnalyticsRead = "analytics:read" (Resource::ANALYTICS, Read);
}

#[derive(Tags)]
enum Tag {
    /// How much there is of what. Each figure is the exact total of the list that it links to.
    Analytics,
}

/// The operations below `/api/analytics`.
pub struct AnalyticsApi;

#[OpenApi(tag = "Tag::Analytics")]
impl AnalyticsApi {
    /// Show the dashboard
    ///
    /// Leads that were made or converted within the days, and tasks and customers as they are now. Counts only what the
    /// caller may read, no farther than `analytics:read` reaches, and nothing that is put away. A kind of record that the
    /// caller may not read at all is `null`. All figures are of one instant.
    #[oai(
        path = "/analytics/dashboard",
        method = "get",
        operation_id = "getDashboard"
    )]
    async fn dashboard(
        &self,
        auth: Require<AnalyticsRead>,
        req: &Request,
        query: Query<Days>,
    ) -> Result<Reply<Dashboard>, Problem> {
        let range = query.0.range(auth.crm())?;
        let analytics = auth.crm().analytics();
        let dashboard = analytics.dashboard(auth.actor(), &range).await?;
        Ok(Reply::new(Dashboard::new(
            &Links::of(req),
            &range,
            dashboard,
        )))
    }

    /// Count leads by status
    ///
    /// The leads that were made within the days, by the status that they are in now. Needs `lead:read` besides.
    #[oai(
        path = "/analytics/leads-by-status",
        method = "get",
        operation_id = "getLeadsByStatus"
    )]
    async fn leads_by_status(
        &self,
        auth: Require<AnalyticsRead>,
        req: &Request,
        query: Query<Days>,
    ) -> Result<Reply<LeadsByStatus>, Problem> {
        let range = query.0.range(auth.crm())?;
        let analytics = auth.crm().analytics();
        let statuses = analytics.leads_by_status(auth.actor(), &range).await?;
        Ok(Reply::new(LeadsByStatus::new(
            &Links::of(req),
            &range,
            &statuses,
        )))
    }

    /// Show the funnel
    ///
    /// How far the leads that were made within the days have come by now: each stage has the leads in its status or a later
    /// one, and its part of all leads. Unqualified ones count in the first stage only, and once more by themselves. Needs
    /// `lead:read` besides.
    #[oai(path = "/analytics/funnel", method = "get", operation_id = "getFunnel")]
    async fn funnel(
        &self,
        auth: Require<AnalyticsRead>,
        req: &Request,
        query: Query<Days>,
    ) -> Result<Reply<Funnel>, Problem> {
        let range = query.0.range(auth.crm())?;
        let analytics = auth.crm().analytics();
        let funnel = analytics.funnel(auth.actor(), &range).await?;
        Ok(Reply::new(Funnel::new(&Links::of(req), &range, &funnel)))
    }

    /// Count leads by agent
    ///
    /// The leads that were made within the days, by who works on them now, and how many of them are Converted by now. The
    /// twenty agents with the most leads, the others together, and what nobody works on. Needs `lead:read` besides.
    #[oai(
        path = "/analytics/agents",
        method = "get",
        operation_id = "getAgentFigures"
    )]
    async fn agents(
        &self,
        auth: Require<AnalyticsRead>,
        req: &Request,
        query: Query<Days>,
    ) -> Result<Reply<Agents>, Problem> {
        let range = query.0.range(auth.crm())?;
        let analytics = auth.crm().analytics();
        let agents = analytics.agents(auth.actor(), &range).await?;
        Ok(Reply::new(Agents::new(&Links::of(req), &range, &agents)))
    }
}
