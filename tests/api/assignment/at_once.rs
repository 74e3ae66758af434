//! Many leads at once: each user gets theirs in turn, whatever else happens meanwhile.

use std::collections::BTreeMap;

use crm_app::assignment_rules::ByRule;
use crm_app::error::Result;
use crm_domain::assignment::LeadTraits;
use crm_domain::ids::UserId;
use crm_domain::lead::LeadStatus;
use crm_domain::text::Tags;
use crm_storage::pool;
use crm_testing::{Client, TestApp};
use diesel_async::AsyncConnection;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{agents, disable, given, path, rule};

type Counts = BTreeMap<Option<UserId>, usize>;

/// How many of so many leads, made at once, each user got.
async fn at_once(client: &Client<'_>, number: usize, more: &Value) -> Counts {
    let leads = join_all((0..number).map(|_| given(client, more.clone()))).await;
    count(leads)
}

fn count(agents: impl IntoIterator<Item = Option<UserId>>) -> Counts {
    let mut counts = Counts::new();
    for agent in agents {
        *counts.entry(agent).or_default() += 1;
    }
    counts
}

fn each<const N: usize>(users: [UserId; N], number: usize) -> Counts {
    users.into_iter().map(|user| (Some(user), number)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_leads_at_once_are_sixteen_for_each_of_four() {
    for strategy in ["roundRobin", "leastOpen"] {
        let app = TestApp::new().await;
        let admin = app.admin().await;
        let users = agents::<4>(&app).await;
        rule(&admin, &users, json!({ "strategy": strategy })).await;
        assert_eq!(
            at_once(&admin, 64, &json!({})).await,
            each(users, 16),
            "{strategy}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rules_count_their_turns_apart() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b, c, d] = agents(&app).await;
    rule(
        &admin,
        &[a, b],
        json!({ "conditions": { "sources": ["Web"] } }),
    )
    .await;
    rule(&admin, &[c, d], json!({})).await;
    let (web, other) = (json!({ "source": "Web" }), json!({}));
    let (web, other) = tokio::join!(at_once(&admin, 32, &web), at_once(&admin, 32, &other));
    assert_eq!((web, other), (each([a, b], 16), each([c, d], 16)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_meanwhile_gets_nothing_after() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b, c, d] = agents(&app).await;
    rule(&admin, &[a, b, c, d], json!({})).await;
    let nothing = json!({});
    let disabling = async {
        // In the midst of them.
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        disable(&app, b).await;
    };
    let (before, ()) = tokio::join!(at_once(&admin, 32, &nothing), disabling);
    assert_eq!(before.values().sum::<usize>(), 32);
    assert_eq!(before.get(&None), None);
    // The user is locked by whoever gives them a lead and by whoever disables them: their events are in order.
    let late = format!(
        "select payload from events where name = 'lead.assigned' and payload ->> 'assignedAgent' = '{b}' \
         and position > (select position from events where name = 'user.disabled')"
    );
    assert_eq!(app.database().rows(&late).await, [Value::Null; 0]);
    assert_eq!(at_once(&admin, 30, &nothing).await, each([a, c, d], 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_deleted_meanwhile_leaves_leads_to_the_next() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b, rest] = agents(&app).await;
    let first = rule(&admin, &[a, b], json!({})).await;
    rule(&admin, &[rest], json!({ "strategy": "fixed" })).await;
    let nothing = json!({});
    let at = path(&first);
    let delete = async {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        admin.delete(&at).expect(200).await
    };
    let (given, _) = tokio::join!(at_once(&admin, 48, &nothing), delete);
    let got = |user| given.get(&Some(user)).copied().unwrap_or_default();
    assert_eq!(got(a) + got(b) + got(rest), 48, "{given:?}");
    assert!(got(a) - got(b) <= 1, "{given:?}");
    assert_eq!(at_once(&admin, 8, &nothing).await, each([rest], 8));
}

fn traits(source: Option<&str>) -> LeadTraits {
    LeadTraits {
        source: source.map(|source| source.parse().unwrap()),
        tags: Tags::default(),
        status: LeadStatus::New,
        email: None,
        company: None,
    }
}

/// What imports and batches do: many leads in one transaction, several such at once.
#[tokio::test(flavor = "multi_thread")]
async fn leads_of_one_transaction_are_given_as_those_of_many() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b, c, d] = agents(&app).await;
    rule(
        &admin,
        &[a, b],
        json!({ "conditions": { "sources": ["Web"] } }),
    )
    .await;
    rule(&admin, &[c, d], json!({ "strategy": "leastOpen" })).await;
    let batch = async |sources: [Option<&'static str>; 2]| -> Result<Vec<Option<ByRule>>> {
        let mut conn = pool::get(app.crm.pool()).await?;
        let leads: Vec<_> = sources
            .iter()
            .cycle()
            .take(20)
            .copied()
            .map(traits)
            .collect();
        let rules = app.crm.assignment_rules();
        conn.transaction(async |conn| rules.choose_in(conn, &leads).await)
            .await
    };
    // In either order: they wait for each other, and do not deadlock.
    let batches = (0..8).map(|number| match number % 2 {
        0 => batch([Some("Web"), None]),
        _ => batch([None, Some("Web")]),
    });
    let mut all = Vec::new();
    for chosen in join_all(batches).await {
        let chosen = chosen.unwrap();
        let agents = chosen
            .iter()
            .map(|by_rule| by_rule.as_ref().map(|by_rule| by_rule.agent.id));
        let counts = count(agents.clone());
        assert_eq!(counts, each([a, b, c, d], 5));
        all.extend(agents);
    }
    assert_eq!(count(all), each([a, b, c, d], 40));
}
