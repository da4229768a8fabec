//! The file of an import: CSV or newline-delimited JSON.

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::row::{Row, Subject};
use crate::payload::FormPart;

/// Each record, or what is wrong with it; an error if the file as a whole is of no use.
pub(super) fn read(part: &FormPart) -> Result<(Subject, Vec<Result<Row, String>>), String> {
    if is_ndjson(part) { read_ndjson(&part.content) } else { read_csv(&part.content) }
}

/// By its name, else its media type, else by how it begins.
fn is_ndjson(part: &FormPart) -> bool {
    let extension = part.file_name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, it)| it);
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("ndjson" | "jsonl" | "json") => true,
        Some("csv") => false,
        _ => match part.content_type.as_deref() {
            Some(name) if name.contains("ndjson") || name.contains("jsonl") => true,
            Some(name) if name.starts_with("text/csv") => false,
            _ => without_bom(&part.content).trim_ascii_start().starts_with(b"{"),
        },
    }
}

fn read_csv(content: &[u8]) -> Result<(Subject, Vec<Result<Row, String>>), String> {
    let mut reader = ReaderBuilder::new().from_reader(content);
    let columns =
        reader.headers().map_err(|error| format!("the header is unreadable: {}", reason(&error)))?;
    let columns: Vec<String> = columns.iter().map(|name| name.trim().to_owned()).collect();
    let count = |name: &str| columns.iter().filter(|column| *column == name).count();
    if columns.iter().any(|name| count(name) > 1) {
        return Err("two columns have the same name".to_owned());
    }
    let subject = Subject::of(|id| count(id) > 0)
        .ok_or("the file has neither a column `user_id` nor a column `company_id`")?;
    let rows = reader.records().map(|record| match record {
        Ok(record) => Row::read(subject, members(&columns, &record)),
        Err(error) => Err(reason(&error)),
    });
    Ok((subject, rows.collect()))
}

/// An empty cell says nothing, it does not remove.
fn members(columns: &[String], record: &StringRecord) -> Map<String, Value> {
    let cells = columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty());
    cells.map(|(name, cell)| (name.clone(), Value::from(cell))).collect()
}

/// Without what the file holds.
fn reason(error: &csv::Error) -> String {
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields, the header has {expected_len}")
        }
        ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        _ => "not CSV".to_owned(),
    }
}

/// Without the mark that some editors put before UTF-8.
fn without_bom(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content)
}

fn read_ndjson(content: &[u8]) -> Result<(Subject, Vec<Result<Row, String>>), String> {
    let content = without_bom(content);
    let lines = content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let records: Vec<Result<Map<String, Value>, String>> = lines
        .map(|line| match serde_json::from_slice(line) {
            Ok(Value::Object(record)) => Ok(record),
            Ok(_) => Err("the line is no JSON object".to_owned()),
            Err(_) => Err("the line is not JSON".to_owned()),
        })
        .collect();
    let subject = Subject::of(|id| records.iter().flatten().any(|record| record.contains_key(id)))
        .ok_or("no record has a `user_id` or a `company_id`")?;
    Ok((subject, records.into_iter().map(|record| Row::read(subject, record?)).collect()))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn part(name: &str, content: Vec<u8>) -> FormPart {
        FormPart {
            name: "file".to_owned(),
            file_name: Some(name.to_owned()),
            content_type: None,
            length: content.len() as u64,
            content: Bytes::from(content),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_as_csv_or_as_json_lines_is_read(
            cells in prop::collection::vec(("\\PC{1,8}", "[^\0]{0,12}"), 1..20),
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["user_id", "note"]).unwrap();
            let mut lines = String::new();
            for (id, note) in &cells {
                writer.write_record([id, note]).unwrap();
                let note = (!note.is_empty()).then_some(note);
                let mut line = serde_json::json!({"user_id": id});
                if let Some(note) = note {
                    line["metadata"] = serde_json::json!({"note": note});
                }
                lines.extend([line.to_string(), "\n".to_owned()]);
            }
            for part in [part("a.csv", writer.into_inner().unwrap()), part("a.ndjson", lines.into_bytes())] {
                let (subject, rows) = read(&part).unwrap();
                prop_assert_eq!((subject, rows.len()), (Subject::User, cells.len()));
                for (row, (id, note)) in rows.into_iter().zip(&cells) {
                    let row = row.unwrap();
                    let read = row.properties.get("note").and_then(Value::as_str).unwrap_or_default();
                    prop_assert_eq!((row.id.as_str(), read), (id.as_str(), note.as_str()));
                }
            }
        }

        #[test]
        fn no_content_is_too_strange_to_be_read(content: Vec<u8>) {
            for name in ["a.csv", "a.ndjson", "a"] {
                let _ = read(&part(name, content.clone()));
            }
        }
    }
}
