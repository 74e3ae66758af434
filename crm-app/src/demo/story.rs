//! The story of one demo lead, from its first day until now, by the rules of the domain.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use crm_domain::activity::{Actor, Changes};
use crm_domain::custom_field::CustomValues;
use crm_domain::customer::Customer;
use crm_domain::event::{CustomerCreated, Event, LeadConverted, LeadCreated};
use crm_domain::ids::{ActivityId, CustomerId, LeadId, UserId};
use crm_domain::lead::{
    Lead, LeadEdit, LeadError, LeadStatus, NewLead, NextStatus, UnqualifiedReason,
};
use crm_domain::text::{Note, Tag, Tags, TextError};
use crm_storage::copy::{LoadedActivity, LoadedStep};
use fastrand::Rng;

use super::Plan;
use super::cast::{Cast, random};
use super::names::{self, Person};

/// The most demo leads: as many as there are different people.
pub const MAX_LEADS: u32 = names::PEOPLE;

/// The first lead is this old.
const DAYS: i64 = 540;

/// Leads change rarely more often than this.
const MAX_STEPS: usize = 8;

/// Twice where it is twice as likely.
#[rustfmt::skip]
const SOURCES: [&str; 20] = [
    "Website", "Website", "Website", "Website", "Referral", "Referral", "Referral", "Trade fair", "Trade fair", "Webinar",
    "Webinar", "Newsletter", "Newsletter", "Partner", "Partner", "Cold call", "Cold call", "Search ad", "Search ad", "Podcast",
];

#[rustfmt::skip]
const TAGS: [&str; 24] = [
    "VIP", "enterprise", "small business", "start-up", "public sector", "non-profit", "retail", "manufacturing",
    "healthcare", "education", "renewal", "upsell", "price-sensitive", "decision maker", "technical contact", "needs demo",
    "asked for quote", "long sales cycle", "Q1", "Q2", "Q3", "Q4", "DACH", "Nordics",
];

#[rustfmt::skip]
const NOTES: [&str; 8] = [
    "Signed with another supplier last month.", "No budget before the next fiscal year.", "Wrong department; asked to be taken off the list.",
    "Three calls and two e-mails without an answer.", "Looking for something far smaller.", "Moved to another company.",
    "Builds it in house.", "Was only doing research for a thesis.",
];

/// One lead with everything that belongs to it.
pub(super) struct Story {
    pub(super) lead: Lead,
    pub(super) customer: Option<Customer>,
    pub(super) steps: Vec<LoadedStep>,
    pub(super) activities: Vec<LoadedActivity>,
}

/// The script breaks a rule of the domain: a mistake in this module.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoryError {
    #[error("a demo text is refused")]
    Text(#[from] TextError),
    #[error("a demo lead is refused")]
    Lead(#[from] LeadError),
}

/// Tells the story of any lead of a plan, each by itself.
pub(super) struct Storyteller {
    leads: u32,
    seed: u64,
    until: DateTime<Utc>,
    cast: Cast,
}

impl Storyteller {
    pub(super) fn new(plan: &Plan, cast: Cast) -> Self {
        Self {
            leads: plan.leads,
            seed: plan.seed,
            until: plan.until,
            cast,
        }
    }

    pub(super) const fn leads(&self) -> u32 {
        self.leads
    }

    /// Lead number `index`, from the oldest to the newest.
    pub(super) fn tell(&self, index: u32) -> Result<Story, StoryError> {
        let mut rng = Rng::with_seed(mixed(self.seed ^ mixed(u64::from(index) + 1)));
        let person = names::person(shuffled(index, self.seed), &mut rng);
        let created_at = self.created_at(index, &mut rng);
        let agent = (rng.u8(..100) < 95).then(|| self.cast.agent(&mut rng));
        let maker = match rng.u8(..10) {
            // Came in by itself, over the website.
            0..=3 => None,
            4..=8 => agent,
            _ => Some(self.cast.admin()),
        };
        let new = new_lead(person, agent, &mut rng)?;
        let id = LeadId::new(created_at, random(&mut rng));
        let lead = Lead::create(id, new, maker, created_at)?;
        let created = LeadCreated {
            lead_id: id,
            changes: Changes::created(lead.fields()),
        };
        let mut story = Story {
            lead,
            customer: None,
            steps: Vec::new(),
            activities: Vec::new(),
        };
        story.log(&created, maker, created_at, &mut rng);
        self.unfold(story, &mut rng)
    }

    fn unfold(&self, mut story: Story, rng: &mut Rng) -> Result<Story, StoryError> {
        for _ in 0..MAX_STEPS {
            let Some(next) = next_status(story.lead.state.status(), rng) else {
                break;
            };
            let at = later(story.lead.updated_at, rng);
            if at >= self.until {
                break;
            }
            story = self.step(story, next, at, rng)?;
        }
        if rng.u8(..100) < 5 {
            let at = later(story.lead.updated_at, rng).min(self.until - TimeDelta::seconds(1));
            let at = at.max(story.lead.updated_at);
            story.lead = story.lead.archive(at);
        }
        Ok(story)
    }

    fn step(
        &self,
        mut story: Story,
        next: LeadStatus,
        at: DateTime<Utc>,
        rng: &mut Rng,
    ) -> Result<Story, StoryError> {
        let before = story.lead.clone();
        let by = Some(before.assigned_agent.unwrap_or(self.cast.admin()));
        if next == LeadStatus::Converted {
            story = story.convert(by, at, rng)?;
        } else {
            let (reason, note) = reason(next, rng)?;
            let edit = LeadEdit {
                status: Some(NextStatus::new(next, reason, note)?),
                ..LeadEdit::default()
            };
            story.lead = story.lead.edit(edit, at)?;
        }
        let change = story.lead.status_change_since(&before);
        story.steps.extend(change.map(|change| LoadedStep {
            lead: before.id,
            change,
            by,
        }));
        Ok(story)
    }

    /// More leads a day as time goes on, in working hours, few on weekends.
    fn created_at(&self, index: u32, rng: &mut Rng) -> DateTime<Utc> {
        // Parts of the whole time in units of 2^-32: what a float computes may differ between machines.
        let jittered = (u64::from(index) << 16) + u64::from(rng.u16(..));
        let linear = (jittered << 16) / u64::from(self.leads.max(1));
        let rising = (linear << 32).isqrt();
        let part = u64::midpoint(linear, rising).min(u64::from(u32::MAX));
        let day = (part * DAYS.unsigned_abs()) >> 32;
        let start = self.until - TimeDelta::days(DAYS);
        let day = start + TimeDelta::days(i64::try_from(day).unwrap_or_default());
        working_hours(off_weekend(day, rng), rng)
    }
}

impl Story {
    fn convert(
        mut self,
        by: Option<UserId>,
        at: DateTime<Utc>,
        rng: &mut Rng,
    ) -> Result<Self, StoryError> {
        let before = self.lead.clone();
        let customer_id = CustomerId::new(at, random(rng));
        let owner = before.assigned_agent.or(by);
        let (lead, customer) = self.lead.convert(customer_id, owner, by, at)?;
        let created = CustomerCreated {
            customer_id,
            changes: Changes::created(customer.fields()),
        };
        let converted = LeadConverted {
            lead_id: lead.id,
            customer_id,
            changes: lead.changes_since(&before),
        };
        self.lead = lead;
        self.customer = Some(customer);
        self.log(&created, by, at, rng);
        self.log(&converted, by, at, rng);
        Ok(self)
    }

    fn log<E: Event>(&mut self, event: &E, by: Option<UserId>, at: DateTime<Utc>, rng: &mut Rng) {
        let actor = match by {
            Some(id) => Actor::user(id),
            None => Actor::system("demo"),
        };
        self.activities.push(LoadedActivity {
            id: ActivityId::new(at, random(rng)),
            at,
            actor,
            action: E::NAME,
            record: event.record(),
            changes: event.changes(),
        });
    }
}

/// Who, from where, for whom.
fn new_lead(person: Person, agent: Option<UserId>, rng: &mut Rng) -> Result<NewLead, StoryError> {
    let at_work = rng.u8(..100) < 88;
    let email = if at_work {
        person.work_email
    } else {
        person.private_email
    };
    let contact = rng.u8(..100);
    let (has_email, has_phone) = (contact >= 7, contact < 75);
    let tags = match rng.u8(..10) {
        0..=4 => 0,
        5..=7 => 1,
        8 => 2,
        _ => 3,
    };
    let tags: Vec<Tag> = (0..tags)
        .map(|_| pick(&TAGS, rng).parse())
        .collect::<Result<_, _>>()?;
    let has_source = rng.u8(..100) < 96;
    Ok(NewLead {
        name: person.name.parse()?,
        email: has_email.then(|| email.parse()).transpose()?,
        phone: has_phone.then(|| person.phone.parse()).transpose()?,
        company: at_work.then(|| person.company.parse()).transpose()?,
        status: None,
        source: has_source
            .then(|| pick(&SOURCES, rng).parse())
            .transpose()?,
        assigned_agent: agent,
        tags: Tags::new(tags)?,
        custom: CustomValues::default(),
    })
}

/// What comes next, in percent; `None` where the lead rests.
fn next_status(from: LeadStatus, rng: &mut Rng) -> Option<LeadStatus> {
    use LeadStatus::{Contacted, Converted, New, Nurturing, Qualified, Unqualified};
    let chance = rng.u8(..100);
    match (from, chance) {
        (New, 0..=65) => Some(Contacted),
        (New | Contacted | Qualified, 68..=73) => Some(Unqualified),
        (New, 77..=82) => Some(Qualified),
        (Contacted, 0..=27) | (Nurturing, 0..=11) => Some(Qualified),
        (Contacted, 28..=59) | (Qualified, 46..=57) => Some(Nurturing),
        (Contacted, 60..=67) | (Nurturing, 20..=31) => Some(Unqualified),
        (Nurturing, 12..=19) | (Unqualified, 0..=7) => Some(Contacted),
        (Qualified, 0..=45) => Some(Converted),
        _ => None,
    }
}

fn reason(
    next: LeadStatus,
    rng: &mut Rng,
) -> Result<(Option<UnqualifiedReason>, Option<Note>), TextError> {
    if next != LeadStatus::Unqualified {
        return Ok((None, None));
    }
    let reason = *pick(&UnqualifiedReason::ALL, rng);
    let told = reason == UnqualifiedReason::Other || rng.u8(..100) < 30;
    let note = told.then(|| pick(&NOTES, rng).parse()).transpose()?;
    Ok((Some(reason), note))
}

/// Some hours or weeks later, in working hours.
fn later(than: DateTime<Utc>, rng: &mut Rng) -> DateTime<Utc> {
    let days = i64::from(rng.u8(..35).min(rng.u8(..35)).min(rng.u8(..35)));
    let midnight = than - TimeDelta::seconds(than.timestamp().rem_euclid(86_400));
    let day = off_weekend(midnight + TimeDelta::days(days), rng);
    let at = working_hours(day, rng);
    if at > than {
        at
    } else {
        than + TimeDelta::seconds(rng.i64(600..10_000))
    }
}

/// Between 7:00 and 19:00 of a day that is given by its first instant.
fn working_hours(day: DateTime<Utc>, rng: &mut Rng) -> DateTime<Utc> {
    day + TimeDelta::hours(7) + TimeDelta::milliseconds(rng.i64(0..43_200_000))
}

/// Most of what falls on a weekend happens on the Friday before.
fn off_weekend(day: DateTime<Utc>, rng: &mut Rng) -> DateTime<Utc> {
    let back = match day.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => return day,
    };
    if rng.u8(..100) < 85 {
        day - TimeDelta::days(back)
    } else {
        day
    }
}

fn pick<'a, T, const N: usize>(table: &'a [T; N], rng: &mut Rng) -> &'a T {
    const { assert!(N > 0) };
    rng.choice(table).unwrap_or(&table[0])
}

/// A number without resemblance to its neighbours' (the finalizer of `SplitMix64`).
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Number `index` of all people in an order of the seed's own: a Feistel network over 24 bits, walked until it
/// comes out in range, so that nobody comes twice and nothing has to be remembered.
fn shuffled(index: u32, seed: u64) -> u32 {
    const HALF: u32 = 12;
    const MASK: u32 = (1 << HALF) - 1;
    let mut number = index;
    loop {
        let (mut left, mut right) = (number >> HALF, number & MASK);
        for round in 0..4 {
            let key = mixed(seed.wrapping_add(round) ^ (u64::from(right) << 32));
            let key = u32::try_from(key & u64::from(MASK)).unwrap_or_default();
            (left, right) = (right, left ^ key);
        }
        number = (left << HALF) | right;
        if number < MAX_LEADS {
            return number;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn teller(leads: u32) -> Storyteller {
        let until = DateTime::from_timestamp(1_799_971_200, 0).unwrap();
        let users = super::super::cast::users(1, until).unwrap();
        let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
        Storyteller {
            leads,
            seed: 1,
            until,
            cast: Cast::new(&ids).unwrap(),
        }
    }

    #[test]
    fn nobody_comes_twice() {
        let people: HashSet<u32> = (0..100_000).map(|index| shuffled(index, 7)).collect();
        assert_eq!(people.len(), 100_000);
        assert!(people.iter().all(|number| *number < MAX_LEADS));
    }

    #[test]
    fn a_story_goes_on_in_time_and_ends_before_the_end() {
        let teller = teller(3_000);
        let mut emails = HashSet::new();
        for index in 0..3_000 {
            let story = teller.tell(index).unwrap();
            let lead = &story.lead;
            let mut last = lead.created_at;
            for step in &story.steps {
                assert!(last < step.change.at);
                last = step.change.at;
            }
            assert!(last <= lead.updated_at && lead.updated_at < teller.until);
            assert!(teller.until - lead.created_at <= TimeDelta::days(DAYS + 2));
            assert_eq!(story.customer.is_some(), lead.state.customer().is_some());
            assert!(lead.email.iter().all(|email| emails.insert(email.key())));
        }
    }

    #[test]
    fn every_status_has_its_share() {
        let teller = teller(10_000);
        let mut counts = [0_u32; 6];
        for index in 0..10_000 {
            let status = teller.tell(index).unwrap().lead.state.status();
            counts[LeadStatus::ALL
                .iter()
                .position(|other| *other == status)
                .unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (800..3_500).contains(count)),
            "{counts:?}"
        );
    }
}
