//! Cells of tables that people open in a spreadsheet, which takes some texts for formulas and runs them.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula, or skips before one (OWASP, CSV Injection).
const STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The text with an apostrophe before it, which makes it a text to every spreadsheet, where it would be a formula.
///
/// A text that has apostrophes there already gets one more, so that [`restore`] gives back each text as it was.
#[must_use]
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// The text that [`neutralise`] made this one of.
#[must_use]
pub fn restore(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

/// The items of a list as one text: separated by semicolons. An item with a semicolon or a quotation mark in it is quoted,
/// as in CSV.
pub fn join<T: AsRef<str>>(items: &[T]) -> String {
    let quoted = |item: &T| {
        let item = item.as_ref();
        if item.contains([';', '"']) {
            format!("\"{}\"", item.replace('"', "\"\""))
        } else {
            item.to_owned()
        }
    };
    items.iter().map(quoted).collect::<Vec<_>>().join(";")
}

/// The items that [`join`] made this text of, without white space around them. Empty ones are left out.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                push(&mut items, '"');
                chars.next();
            }
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => items.push(String::new()),
            c => push(&mut items, c),
        }
    }
    let trimmed = items.iter().map(|item| item.trim().to_owned());
    trimmed.filter(|item| !item.is_empty()).collect()
}

fn push(items: &mut [String], c: char) {
    if let Some(last) = items.last_mut() {
        last.push(c);
    }
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_as_a_formula_becomes_a_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+49 30 1", "'+49 30 1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("'=1", "''=1"),
            ("a=1", "a=1"),
            ("'tis", "'tis"),
            ("O'Neil", "O'Neil"),
            ("", ""),
            ("'", "'"),
        ] {
            assert_eq!(neutralise(text), cell);
        }
    }

    /// Texts of which most begin with what matters.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof!["['=+@\t\ra-]{0,4}", "\\PC*"]
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in texts()) {
            let cell = neutralise(&text);
            prop_assert_eq!(restore(&cell), text.as_str());
        }

        #[test]
        fn every_list_comes_back(items in proptest::collection::vec("[a-c;\"' ]{0,3}[a-c;\"]", 0..5)) {
            let items: Vec<String> = items.iter().map(|item| item.trim().to_owned()).collect();
            prop_assert_eq!(split(&join(&items)), items);
        }

        #[test]
        fn no_cell_begins_as_a_formula(text in texts()) {
            prop_assert!(!neutralise(&text).starts_with(STARTS));
        }
    }
}
