use proptest::prelude::*;

use super::*;

/// Reads a file in pieces of this size.
fn read_by(size: usize, file: &[u8], delimiter: Option<u8>) -> Result<Vec<Row>, TableError> {
    let mut table = Table::new(delimiter);
    let mut rows = Vec::new();
    for piece in file.chunks(size) {
        table.feed(piece, &mut rows)?;
    }
    table.finish(&mut rows)?;
    Ok(rows)
}

/// Reads a file whole and byte by byte: how it arrives makes no difference.
fn read(file: &[u8]) -> Result<Vec<(u32, Vec<String>)>, TableError> {
    let whole = read_by(usize::MAX, file, None);
    assert_eq!(whole, read_by(1, file, None));
    assert_eq!(whole, read_by(3, file, None));
    Ok(whole?
        .into_iter()
        .map(|row| (row.line, row.cells))
        .collect())
}

fn rows(file: &str) -> Vec<(u32, Vec<String>)> {
    read(file.as_bytes()).unwrap()
}

fn row(line: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn rows_know_the_lines_in_which_they_begin() {
    let expected = vec![
        row(1, &["a", "b"]),
        row(2, &["1\n2", "3"]),
        row(6, &["4", "5"]),
    ];
    for end in ["\n", "\r\n", "\r"] {
        let file = format!("a,b{end}\"1\n2\",3{end}{end}{end}4,5");
        assert_eq!(rows(&file), expected, "{end:?}");
    }
    assert_eq!(rows("\n\na\n"), [row(3, &["a"])]);
    assert_eq!(
        rows("a,b\n,\n , \n1,2\n"),
        [row(1, &["a", "b"]), row(4, &["1", "2"])]
    );
    assert_eq!(rows(""), []);
    assert_eq!(rows("\n"), []);
}

#[test]
fn cells_are_separated_by_what_the_first_line_has_most_of() {
    assert_eq!(rows("a;b,c;d\n"), [row(1, &["a", "b,c", "d"])]);
    assert_eq!(rows("a\tb\n"), [row(1, &["a", "b"])]);
    assert_eq!(rows("\"a;b;c\",d\n"), [row(1, &["a;b;c", "d"])]);
    // It does not end within quotation marks, wherever the file is cut.
    assert_eq!(rows("\"a\nb\";c\n"), [row(1, &["a\nb", "c"])]);
    let given = read_by(usize::MAX, b"a;b,c\n", Some(b',')).unwrap();
    assert_eq!(given[0].cells, ["a;b", "c"]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    assert_eq!(rows("\u{feff}name,x\n"), [row(1, &["name", "x"])]);
    assert_eq!(rows("\u{feff}\"name\"\n"), [row(1, &["name"])]);
    // Anywhere else it is a character, wherever the file is cut.
    assert_eq!(rows("\n\u{feff}name\n"), [row(2, &["\u{feff}name"])]);
    assert_eq!(rows("\u{feff}\u{feff}name\n"), [row(1, &["\u{feff}name"])]);
}

#[test]
fn rows_of_other_lengths_are_given_as_they_are() {
    let found = rows("a,b\n1\n1,2,3\n");
    assert_eq!(
        found,
        [
            row(1, &["a", "b"]),
            row(2, &["1"]),
            row(3, &["1", "2", "3"])
        ]
    );
}

#[test]
fn what_is_not_utf_8_is_refused_with_its_line() {
    assert_eq!(
        read(b"name\nZo\xeb\n"),
        Err(TableError::NotUtf8 { line: 2 })
    );
    assert_eq!(
        read(b"name,x\n\xc3,\xa9\n"),
        Err(TableError::NotUtf8 { line: 2 })
    );
    assert_eq!(read(b"\xff\xfea\0,\0b\0\n\0"), Err(TableError::Utf16));
}

#[test]
fn a_row_without_an_end_is_refused_and_takes_no_memory() {
    let file = format!("name\nAda\n\"{}", "x\n".repeat(5_000_000));
    let found = read_by(8_192, file.as_bytes(), None);
    assert_eq!(found, Err(TableError::RowTooLong { line: 3 }));
    let file = format!("a\n{}\n", ",".repeat(MAX_COLUMNS));
    assert_eq!(
        read(file.as_bytes()),
        Err(TableError::TooManyCells { line: 2 })
    );
}

proptest! {
    #[test]
    fn any_table_that_was_written_is_read_back(
        table in proptest::collection::vec(proptest::collection::vec("[a-c,;\"\r\n é]{0,6}", 2..5), 1..6),
        size in 1usize..50,
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for cells in &table {
            writer.write_record(cells).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let found: Vec<_> = read_by(size, &file, Some(b',')).unwrap().into_iter().map(|row| row.cells).collect();
        let expected: Vec<_> = table.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn however_a_file_arrives_its_rows_are_the_same(file in "[a;,\"\n\r\u{feff}]{0,40}", size in 1usize..10) {
        prop_assert_eq!(
            read_by(size, file.as_bytes(), None),
            read_by(usize::MAX, file.as_bytes(), None),
        );
    }

    #[test]
    fn no_bytes_make_it_panic(file: Vec<u8>, size in 1usize..50) {
        let _ = read_by(size, &file, None);
    }
}
