use uuid::Uuid;

use super::*;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn ids(first: u128) -> Vec<StageId> {
    let ids = (0..40).map(|n| Uuid::from_u128(first + n).into());
    ids.collect()
}

fn content(name: &str, kind: StageKind, probability: Option<u8>) -> StageContent {
    StageContent {
        id: None,
        name: name.parse().unwrap(),
        kind,
        probability: probability.map(|percent| Probability::new(percent).unwrap()),
        stale_after_days: None,
    }
}

fn stages() -> Vec<StageContent> {
    vec![
        content("New", StageKind::Open, Some(10)),
        content("Won", StageKind::Won, None),
        content("Lost", StageKind::Lost, None),
    ]
}

fn pipeline() -> Pipeline {
    let (id, name) = (Uuid::from_u128(1).into(), "Sales".parse().unwrap());
    Pipeline::create(id, name, stages(), &ids(100), NOW).unwrap()
}

/// Each that the pipeline has, as an edit names it.
fn kept(pipeline: &Pipeline) -> Vec<StageContent> {
    let content = |stage: &Stage| StageContent {
        id: Some(stage.id),
        name: stage.name.clone(),
        kind: stage.kind,
        probability: Some(stage.probability),
        stale_after_days: stage.stale_after_days,
    };
    pipeline.stages.iter().map(content).collect()
}

fn refused(stages: Vec<StageContent>) -> Vec<(String, &'static str)> {
    let edit = PipelineEdit {
        stages: Some(stages),
        ..PipelineEdit::default()
    };
    let refused = pipeline().edit(edit, &ids(200), NOW).unwrap_err();
    let wrong = refused
        .iter()
        .map(|wrong| (wrong.field.clone(), wrong.code));
    wrong.collect()
}

#[test]
fn won_is_certain_and_lost_is_hopeless() {
    let percents = pipeline()
        .stages
        .iter()
        .map(|stage| stage.probability.percent())
        .collect::<Vec<_>>();
    assert_eq!(percents, [10, 100, 0]);
    let mut wrong = kept(&pipeline());
    wrong[1].probability = Probability::new(99);
    wrong[2].stale_after_days = Some(5);
    assert_eq!(
        refused(wrong),
        [
            ("stages/1/probability".to_owned(), "not-allowed"),
            ("stages/2/staleAfterDays".to_owned(), "not-allowed")
        ]
    );
}

#[test]
fn a_stage_of_each_kind_is_needed() {
    let mut wrong = kept(&pipeline());
    wrong.truncate(1);
    assert_eq!(
        refused(wrong),
        [
            ("stages".to_owned(), "required"),
            ("stages".to_owned(), "required")
        ]
    );
    assert_eq!(refused(vec![]).len(), 3);
}

#[test]
fn what_is_wrong_with_a_stage_is_named() {
    let mut wrong = kept(&pipeline());
    wrong[0].probability = None;
    wrong[0].stale_after_days = Some(0);
    wrong[1].name = "  LOST ".parse().unwrap();
    wrong[2].id = Some(Uuid::from_u128(7).into());
    wrong.push(StageContent {
        id: wrong[0].id,
        ..content("Other", StageKind::Won, None)
    });
    let expected = [
        ("stages/0/probability", "required"),
        ("stages/0/staleAfterDays", "out-of-range"),
        ("stages/2/name", "repeated"),
        ("stages/2/id", "not-found"),
        ("stages/3/id", "repeated"),
        ("stages/3/kind", "not-allowed"),
        ("stages", "required"),
    ];
    assert_eq!(
        refused(wrong),
        expected.map(|(field, code)| (field.to_owned(), code))
    );
    let many = (0..31).map(|n| content(&format!("Stage {n}"), StageKind::Won, None));
    assert_eq!(refused(many.collect()), [("stages".to_owned(), "too-many")]);
}

#[test]
fn stages_keep_their_ids_and_new_ones_get_theirs() {
    let mut next = kept(&pipeline());
    next.reverse();
    next.insert(1, content("Talk", StageKind::Open, Some(40)));
    let edit = PipelineEdit {
        stages: Some(next),
        ..PipelineEdit::default()
    };
    let edited = pipeline().edit(edit, &ids(200), NOW).unwrap();
    let numbers: Vec<_> = edited
        .stages
        .iter()
        .map(|stage| stage.id.uuid().as_u128())
        .collect();
    assert_eq!((numbers, edited.version), (vec![102, 201, 101, 100], 2));
}

#[test]
fn an_edit_that_changes_nothing_makes_no_version() {
    let edit = PipelineEdit {
        name: Some("Sales".parse().unwrap()),
        stages: Some(kept(&pipeline())),
    };
    assert_eq!(pipeline().edit(edit, &ids(200), NOW), Ok(pipeline()));
}
