//! The activity log as evidence: sealed by nobody's leave, and whatever is done to it behind the program's back is found.

mod origin;
mod sealing;
mod tampering;

use crm_app::audit::{Finding, SealHash, SealedDay, Summary, Told, VerifyPlan};
use crm_domain::activity::Actor;
use crm_testing::TestApp;

const SYSTEM: Actor = Actor::system("test");

/// What a walk over the chain told.
#[derive(Debug, PartialEq, Eq)]
struct Verified {
    days: Vec<SealedDay>,
    findings: Vec<Finding>,
    summary: Summary,
}

async fn verify(app: &TestApp, plan: &VerifyPlan) -> Verified {
    let (mut days, mut findings) = (vec![], vec![]);
    let tell = |told| match told {
        Told::Day(day) => days.push(day),
        Told::Finding(finding) => findings.push(finding),
    };
    let summary = app.crm.audit().verify(plan, tell).await.unwrap();
    assert_eq!(
        usize::try_from(summary.findings).unwrap(),
        findings.len(),
        "what is counted is told"
    );
    Verified {
        days,
        findings,
        summary,
    }
}

/// What is found when all is looked at.
async fn findings(app: &TestApp) -> Vec<Finding> {
    verify(app, &VerifyPlan::default()).await.findings
}

/// The hash of the newest seal.
async fn head(app: &TestApp) -> SealHash {
    let days = verify(app, &VerifyPlan::default()).await.days;
    days.last().unwrap().head
}

/// Writes a row of the log.
async fn write(app: &TestApp, name: &str) {
    let name = name.parse().unwrap();
    app.crm.teams().create(&SYSTEM, name).await.unwrap();
}
