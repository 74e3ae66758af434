//! How like a misspelt word is to one of a text: by the groups of three letters that they share.

use std::collections::BTreeSet;

/// How like the likest word of `text` is, from 0 to 1.
///
/// The share of the trigrams of both that they have in common, each word with two blanks before and one after it: what
/// `similarity` of `pg_trgm` is.
pub(super) fn likeness(word: &str, text: &str) -> f32 {
    let wanted = trigrams(word);
    if wanted.is_empty() {
        return 0.0;
    }
    let words = text.split(|c: char| !c.is_alphanumeric());
    let like = |other: &str| {
        let other = trigrams(other);
        share(
            wanted.intersection(&other).count(),
            wanted.union(&other).count(),
        )
    };
    words.map(like).fold(0.0, f32::max)
}

/// A text is at most some thousand characters long, which 32 bits hold exactly.
#[expect(clippy::cast_precision_loss, reason = "both are small")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

fn trigrams(word: &str) -> BTreeSet<[char; 3]> {
    let runs = word
        .split(|c: char| !c.is_alphanumeric())
        .filter(|run| !run.is_empty());
    let of_run = |run: &str| {
        let padded: Vec<char> = "  ".chars().chain(run.chars()).chain([' ']).collect();
        padded
            .windows(3)
            .filter_map(|three| three.try_into().ok())
            .collect::<Vec<[char; 3]>>()
    };
    runs.flat_map(of_run).collect()
}
