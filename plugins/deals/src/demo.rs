//! Demo deals: one for many a customer, the same for the same seed, customers and day. As the core's demo data they are stored without
//! events: nobody shall be told of deals that there are not.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use crm_app::plugin::DemoPlan;
use crm_app::{Crm, Error, Result};
use crm_domain::activity::Actor;
use crm_domain::customer::{Customer, CustomerQuery};
use crm_domain::list::PageRequest;
use crm_domain::money::Money;
use crm_domain::page::Limit;
use diesel_async::AsyncConnection;

use crate::deal::{Deal, DealContent, DealError, DealId, StageChange};
use crate::pipeline::{Pipeline, Stage, StageId, StageKind};
use crate::rank::Rank;
use crate::store::{self, history, pipelines, ranks};

const ACTOR: Actor = Actor::system("demo");

/// How many customers are looked at, the newest first.
const CUSTOMERS: usize = 1000;

const NAMES: [&str; 5] = [
    "Annual licence",
    "Pilot project",
    "Extension",
    "Support contract",
    "Training",
];

/// A deal, and the steps that led to where it stands.
type Story = (Deal, Vec<StageChange>);

/// Loads them into the oldest pipeline.
pub(crate) async fn load(crm: Crm, plan: DemoPlan) -> Result<()> {
    let customers = customers(&crm).await?;
    let mut conn = crm.connection().await?;
    conn.transaction(async |conn| {
        let Some(first) = pipelines::list(conn, 1).await?.pop() else {
            return Ok(());
        };
        let Some(pipeline) = pipelines::lock(conn, first.id).await? else {
            return Ok(());
        };
        let mut lowest = BTreeMap::new();
        for stage in &pipeline.stages {
            lowest.insert(stage.id, ranks::lowest(conn, stage.id).await?);
        }
        let (mut deals, mut steps) = (Vec::new(), Vec::new());
        for (customer, number) in customers.iter().zip(0..) {
            let mut teller = Teller {
                chance: Chance::new(plan.seed, number),
                plan,
                pipeline: &pipeline,
                lowest: &mut lowest,
            };
            if let Some((deal, own)) = teller.tell(customer)? {
                steps.extend(own.into_iter().map(|step| (deal.id, step)));
                deals.push(deal);
            }
        }
        store::insert_all(conn, &deals).await?;
        Ok(history::insert(conn, &steps, None).await?)
    })
    .await
}

/// The newest customers.
async fn customers(crm: &Crm) -> Result<Vec<Customer>> {
    let mut query = CustomerQuery {
        page: PageRequest::first(Limit::most()),
        ..CustomerQuery::default()
    };
    let mut found = Vec::new();
    loop {
        let page = crm.customers().list(&ACTOR, &query).await?;
        found.extend(page.records.into_iter().map(|listed| listed.customer));
        let Some(cursor) = page.next_cursor.filter(|_| found.len() < CUSTOMERS) else {
            return Ok(found);
        };
        query.page = PageRequest::After {
            cursor,
            limit: Limit::most(),
        };
    }
}

/// Numbers that look like chance, the same for the same seed (`SplitMix64`).
struct Chance(u64);

impl Chance {
    const fn new(seed: u64, number: u64) -> Self {
        Self(
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .wrapping_add(number),
        )
    }

    /// A number below `end`.
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(end)).unwrap_or_default()
    }

    fn bytes(&mut self) -> [u8; 10] {
        std::array::from_fn(|_| u8::try_from(self.below(256)).unwrap_or_default())
    }
}

/// Tells what becomes of one customer's deal.
struct Teller<'a> {
    chance: Chance,
    plan: DemoPlan,
    pipeline: &'a Pipeline,
    /// The lowest card of each stage.
    lowest: &'a mut BTreeMap<StageId, Option<Rank>>,
}

impl Teller<'_> {
    fn tell(&mut self, customer: &Customer) -> Result<Option<Story>> {
        let way = self.way();
        let Some((begin, way)) = way.split_first().filter(|_| self.chance.below(4) > 0) else {
            return Ok(None);
        };
        let days = i64::from(10 + self.chance.below(150));
        let mut now = self.plan.until - TimeDelta::days(days);
        let id = DealId::new(now, self.chance.bytes());
        let new = self.content(days)?.with(customer.id);
        let rank = self.next_rank(begin)?;
        let mut deal = Deal::create(id, new, (begin, rank), None, now)?;
        deal.owner = customer.owner;
        let mut steps = Vec::new();
        for stage in way {
            now += TimeDelta::hours(days * 24 / 8);
            let reason = match stage.kind {
                StageKind::Lost => Some(text("Went with a competitor")?),
                StageKind::Open | StageKind::Won => None,
            };
            let rank = self.next_rank(stage)?;
            let moved = deal.clone().move_to(stage, rank, reason, now);
            let moved = moved.map_err(|error| match error {
                DealError::Invalid(violations) => violations.into(),
                DealError::Archived => Error::Archived(crate::deal::DEAL),
            })?;
            steps.extend(moved.stage_change_since(&deal));
            deal = moved;
        }
        Ok(Some((deal, steps)))
    }

    /// The stages that the deal goes through: some of the open ones, and perhaps one where it ends.
    fn way(&mut self) -> Vec<Stage> {
        let of_kind = |kind: StageKind| {
            let stages = self.pipeline.stages.iter();
            stages.filter(move |stage| stage.kind == kind).cloned()
        };
        let (won, lost) = (of_kind(StageKind::Won), of_kind(StageKind::Lost));
        let open: Vec<_> = of_kind(StageKind::Open).take(6).collect();
        let end: Option<Stage> = match self.chance.below(6) {
            0 => won.take(1).next(),
            1 => lost.take(1).next(),
            _ => None,
        };
        let far = 1 + usize::try_from(self.chance.below(6)).unwrap_or_default();
        open.into_iter().take(far).chain(end).collect()
    }

    fn content(&mut self, days: i64) -> Result<DealContent> {
        let name = usize::try_from(self.chance.below(5)).unwrap_or_default();
        let name = text(NAMES.get(name).copied().unwrap_or_default())?;
        let currency = if self.chance.below(5) == 0 {
            "USD"
        } else {
            "EUR"
        };
        let amount = 25_000 * i64::from(1 + self.chance.below(400));
        let amount = Money::new(amount, text(currency)?);
        let ahead = i64::from(self.chance.below(200)) - days / 2;
        let expected = (self.plan.until + TimeDelta::days(ahead)).date_naive();
        Ok(DealContent {
            amount: amount.ok(),
            expected_close: Some(expected),
            ..DealContent::named(name)
        })
    }

    /// A place below the other cards of a stage.
    fn next_rank(&mut self, stage: &Stage) -> Result<Rank> {
        let lowest = self.lowest.entry(stage.id).or_default();
        let rank = Rank::between(lowest.as_ref(), None);
        let rank = rank.ok_or_else(|| Error::Internal("there is no lower rank".into()))?;
        *lowest = Some(rank.clone());
        Ok(rank)
    }
}

/// A text of the program's own.
fn text<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: &str,
) -> Result<T> {
    text.parse()
        .map_err(|error: T::Err| Error::Internal(error.into()))
}
