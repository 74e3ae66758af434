//! Random walks through signing in, refreshing, losing answers, replaying, racing, waiting and signing out, each step
//! compared with a model of twenty lines.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::role::Role;
use crm_domain::user::User;
use crm_testing::TestApp;
use crm_testing::request::TestResponse;
use futures_util::future::join_all;

use super::{Tokens, is_signed_in, refresh, refusal, sign_in};

/// The steps of all walks together.
const STEPS: u32 = 20_000;

/// How many walks there are at once, each on a database of its own.
const WALKS: u32 = 4;

/// How many send one token at the same time in a race.
const RACERS: usize = 64;

/// The first walk is always the same, the others are new each time. The seed of one that fails is printed.
#[tokio::test(flavor = "multi_thread")]
async fn refreshing_does_what_the_model_does() {
    let new = RandomState::new().build_hasher().finish();
    let seeds = (0..WALKS).map(|number| {
        if number == 0 {
            1
        } else {
            new.wrapping_add(number.into())
        }
    });
    let walks: Vec<_> = seeds.map(|seed| tokio::spawn(walk(seed))).collect();
    for walk in walks {
        let answers = walk.await.unwrap();
        assert!(
            answers.iter().all(|count| *count > 0),
            "the walk missed a kind of answer: {answers:?}"
        );
    }
}

/// What a session should be.
struct Model {
    /// The tokens that were given out, by their number; of access tokens the latest.
    given: Vec<Given>,
    /// The newest number whose access token was used.
    seen: Option<usize>,
    rotated_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    has_ended: bool,
}

struct Given {
    tokens: Tokens,
    access_expires_at: DateTime<Utc>,
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Token(usize),
    Invalid,
    Reused,
}

impl Model {
    fn new(tokens: Tokens, now: DateTime<Utc>) -> Self {
        let mut model = Self {
            given: Vec::new(),
            seen: None,
            rotated_at: now,
            expires_at: now + TimeDelta::days(30),
            has_ended: false,
        };
        model.take(0, tokens, now);
        model
    }

    fn newest(&self) -> usize {
        self.given.len() - 1
    }

    fn is_alive(&self, now: DateTime<Utc>) -> bool {
        !self.has_ended && now < self.expires_at && now < self.rotated_at + TimeDelta::days(7)
    }

    fn refresh(&mut self, number: usize, now: DateTime<Utc>) -> Answer {
        let has_arrived = self.seen == Some(self.newest());
        let is_recent = now <= self.rotated_at + TimeDelta::seconds(30);
        match self.newest() - number {
            _ if !self.is_alive(now) => Answer::Invalid,
            0 => {
                self.rotated_at = now;
                Answer::Token(number + 1)
            }
            1 if is_recent || !has_arrived => Answer::Token(number + 1),
            _ => {
                self.has_ended = true;
                Answer::Reused
            }
        }
    }

    fn access(&mut self, number: usize, now: DateTime<Utc>) -> bool {
        let is_good = self.is_alive(now)
            && now <= self.given[number].access_expires_at + TimeDelta::seconds(5);
        if is_good {
            self.seen = self.seen.max(Some(number));
        }
        is_good
    }

    /// Keeps what an answer brought: token `number`, which is always the same refresh token.
    fn take(&mut self, number: usize, tokens: Tokens, now: DateTime<Utc>) {
        let given = Given {
            tokens,
            access_expires_at: now + TimeDelta::minutes(15),
        };
        match self.given.get_mut(number) {
            Some(known) => {
                assert_eq!(known.tokens.refresh, given.tokens.refresh);
                *known = given;
            }
            None => self.given.push(given),
        }
    }
}

/// Gives how many tokens, refusals, discoveries of a copy and races there were.
async fn walk(seed: u64) -> [u32; 4] {
    println!("seed {seed}");
    let app = TestApp::new().await;
    let users = [app.user(Role::Agent).await, app.user(Role::Admin).await];
    let mut random = Random(seed);
    let mut sessions = Vec::new();
    let mut answers = [0_u32; 4];
    for step in 0..STEPS / WALKS {
        let alive = sessions
            .iter()
            .filter(|model: &&Model| model.is_alive(app.crm.now()));
        if alive.count() < 3 {
            let user: &User = &users[random.below(users.len())];
            sessions.push(Model::new(sign_in(&app, user).await, app.crm.now()));
        }
        // The latest sessions, of which some have ended.
        let recent = sessions.len().min(6);
        let index = sessions.len() - 1 - random.below(recent);
        let model = &mut sessions[index];
        let place = format!("seed {seed}, step {step}, session {index}");
        match random.below(20) {
            0 if random.below(4) == 0 => {
                let number = model.newest() - random.below(model.given.len().min(2));
                race(&app, model, number, &place).await;
                answers[3] += 1;
            }
            0 => sign_out(&app, model).await,
            1..=3 => app.clock.advance(random.pause()),
            4..=9 => {
                let number = model.newest() - random.below(model.given.len().min(3));
                let expected = model.access(number, app.crm.now());
                let access = &model.given[number].tokens.access;
                assert_eq!(
                    is_signed_in(&app, access).await,
                    expected,
                    "{place}, access {number}"
                );
            }
            choice => {
                // Mostly the newest, which is also what a client sends again after an answer was lost.
                let behind = choice.saturating_sub(15).min(model.newest()).min(3);
                let number = model.newest() - behind;
                let expected = model.refresh(number, app.crm.now());
                let answer = send(&app, model, number, &expected).await;
                assert_eq!(answer, expected, "{place}, token {number}");
                answers[match answer {
                    Answer::Token(_) => 0,
                    Answer::Invalid => 1,
                    Answer::Reused => 2,
                }] += 1;
            }
        }
    }
    answers
}

async fn send(app: &TestApp, model: &mut Model, number: usize, expected: &Answer) -> Answer {
    let request = refresh(app, &model.given[number].tokens.refresh);
    let response = request.send().await;
    take(model, number, response, expected, app.crm.now())
}

fn take(
    model: &mut Model,
    number: usize,
    response: TestResponse,
    expected: &Answer,
    now: DateTime<Utc>,
) -> Answer {
    if response.status == 200 {
        // Which token came is known by comparing it with the one that was given before.
        if let Answer::Token(successor) = expected {
            model.take(*successor, response.into(), now);
        }
        return Answer::Token(number + 1);
    }
    match refusal(&response).1.as_str() {
        "invalid-refresh-token" => Answer::Invalid,
        "refresh-token-reused" => Answer::Reused,
        other => panic!("{other}"),
    }
}

/// Many send one token at once: it is as if they had come one after the other.
async fn race(app: &TestApp, model: &mut Model, number: usize, place: &str) {
    let now = app.crm.now();
    let requests = (0..RACERS).map(|_| refresh(app, &model.given[number].tokens.refresh).send());
    let mut responses = join_all(requests).await;
    // A copy is discovered by one of them; which one it is does not matter.
    responses.sort_by_key(|response| {
        response.status != 200 && refusal(response).1 != "refresh-token-reused"
    });
    for (racer, response) in responses.into_iter().enumerate() {
        let expected = model.refresh(number, now);
        let answer = take(model, number, response, &expected, now);
        assert_eq!(answer, expected, "{place}, token {number}, racer {racer}");
    }
}

async fn sign_out(app: &TestApp, model: &mut Model) {
    let token = &model.given[model.newest()].tokens.refresh;
    let request = app.anonymous().post("/api/auth/logout").from_our_page();
    request.refresh_token(token).expect(200).await;
    model.has_ended = true;
}

/// The generator `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }

    /// Some time, often about as long as one of the limits.
    fn pause(&mut self) -> TimeDelta {
        let seconds = [
            1,
            29,
            30,
            31,
            600,
            904,
            905,
            906,
            86_400,
            6 * 86_400,
            7 * 86_400 - 1,
            7 * 86_400,
        ];
        // Short pauses come more often, or most sessions would be dead.
        let index = self.below(seconds.len()).min(self.below(seconds.len()));
        TimeDelta::seconds(seconds[index])
    }
}
