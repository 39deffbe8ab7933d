//! Code lists: short ones in the kind file, long or dated ones in `codes/NAME.csv`; and what an overlay may do to them.

use anlan_base::{Date, Name};

use super::Finding;
use super::table::{Report, Table, either};
use super::tree::Node;
use crate::kind::{CodeList, CodeRow, Label, Mark};

pub(crate) const MARKS: [(&str, Mark); 4] = [("red", Mark::Red), ("orange", Mark::Orange), ("yellow", Mark::Yellow), ("blue", Mark::Blue)];
const HEADER: [&str; 9] = ["code", "zh", "en", "parent", "mark", "effective_from", "effective_to", "source", "status"];

/// `[choices.NAME]`: `code = { zh, en, mark? }`.
pub(crate) fn inline(name: &Name, node: &Node, report: &Report) -> CodeList {
    let row = |(code, node): (&String, &Node)| {
        let t = Table::of(node, format!("`choices.{name}.{code}`"), report)?;
        let row = CodeRow {
            code: code.clone(),
            label: t.label(),
            parent: None,
            mark: t.word("mark", &MARKS),
            effective_from: None,
            effective_to: None,
            source: None,
            status: None,
        };
        t.done();
        Some(row)
    };
    let rows: Vec<_> = node.table().into_iter().flatten().filter_map(row).collect();
    if rows.is_empty() {
        report.add(node, format!("no code in `choices.{name}`"), "code = { zh, en }");
    }
    CodeList { file: node.file.to_string(), rows }
}

/// A CSV file as it stands, each row with its line.
struct Sheet<'a> {
    file: &'a str,
    rows: Vec<(usize, [String; 9])>,
}

impl<'a> Sheet<'a> {
    fn read(file: &'a str, text: &str, report: &Report) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut sheet = Self { file, rows: Vec::new() };
        let mut header_seen = false;
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, |p| p.line()) as usize;
                    sheet.add(report, line, error.to_string(), "comma-separated values in UTF-8");
                    break;
                }
            };
            let line = record.position().map_or(0, |p| p.line()) as usize;
            if !header_seen {
                header_seen = true;
                if record.iter().ne(HEADER) {
                    sheet.add(report, line, format!("the header `{}`", either(&record)), HEADER.join(","));
                    break;
                }
                continue;
            }
            match <[String; 9]>::try_from(record.iter().map(str::to_owned).collect::<Vec<_>>()) {
                Ok(cells) => sheet.rows.push((line, cells)),
                Err(cells) => sheet.add(report, line, format!("{} cells", cells.len()), format!("9 cells: {}", HEADER.join(","))),
            }
        }
        if !header_seen {
            sheet.add(report, 1, "an empty file", HEADER.join(","));
        }
        sheet
    }

    fn add(&self, report: &Report, line: usize, found: impl Into<String>, allowed: impl Into<String>) {
        report.push(Finding { file: self.file.to_owned(), line, found: found.into(), allowed: allowed.into() });
    }

    fn date(&self, report: &Report, line: usize, cell: &str) -> Option<Date> {
        if cell.is_empty() {
            return None;
        }
        let date = Date::parse(cell).ok();
        if date.is_none() {
            self.add(report, line, format!("`{cell}`"), "a date such as 2026-11-23, or nothing");
        }
        date
    }

    fn row(&self, report: &Report, line: usize, cells: &[String; 9]) -> CodeRow {
        let [code, zh, en, parent, mark, from, to, source, status] = cells;
        let given = |cell: &String| Some(cell.clone()).filter(|cell| !cell.is_empty());
        if code.is_empty() || code.contains(char::is_whitespace) {
            self.add(report, line, format!("the code `{code}`"), "a code without blanks");
        }
        if zh.is_empty() {
            self.add(report, line, format!("code `{code}` without `zh`"), "a Chinese label");
        }
        if en.is_empty() && source.is_empty() {
            self.add(
                report,
                line,
                format!("code `{code}` without `en` and without `source`"),
                "an English label; only a row from a legal text may leave it empty",
            );
        }
        let known = MARKS.iter().find(|(word, _)| word == mark).map(|(_, mark)| *mark);
        if known.is_none() && !mark.is_empty() {
            self.add(report, line, format!("the mark `{mark}`"), either(MARKS.iter().map(|(word, _)| *word)));
        }
        let (from, to) = (self.date(report, line, from), self.date(report, line, to));
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            self.add(report, line, format!("code `{code}` ends on {to}, before it begins on {from}"), "effective_to after effective_from");
        }
        CodeRow {
            code: code.clone(),
            label: Label { zh: zh.clone(), en: en.clone() },
            parent: given(parent),
            mark: known,
            effective_from: from,
            effective_to: to,
            source: given(source),
            status: given(status),
        }
    }
}

pub(crate) fn csv_list(file: &str, text: &str, report: &Report) -> CodeList {
    let sheet = Sheet::read(file, text, report);
    let mut list = CodeList { file: file.to_owned(), rows: Vec::new() };
    for (line, cells) in &sheet.rows {
        if list.rows.iter().any(|row| row.code == cells[0]) {
            sheet.add(report, *line, format!("code `{}` a second time", cells[0]), "each code once");
            continue;
        }
        list.rows.push(sheet.row(report, *line, cells));
    }
    parents_exist(&sheet, &list, report);
    list
}

/// Adds rows, ends rows, changes labels. A code's meaning stays: parent, mark and first day are not the overlay's.
pub(crate) fn overlay_list(list: &mut CodeList, file: &str, text: &str, report: &Report) {
    let sheet = Sheet::read(file, text, report);
    for (line, cells) in &sheet.rows {
        let Some(row) = list.rows.iter_mut().find(|row| row.code == cells[0]) else {
            list.rows.push(sheet.row(report, *line, cells));
            continue;
        };
        let [code, zh, en, parent, mark, from, to, source, status] = cells;
        let kept = |cell: &String, was: Option<&str>| cell.is_empty() || Some(cell.as_str()) == was;
        let mark_was = MARKS.iter().find(|(_, mark)| Some(*mark) == row.mark).map(|(word, _)| *word);
        let from_was = row.effective_from.map(|day| day.to_string());
        let meaning_kept = kept(parent, row.parent.as_deref())
            && kept(mark, mark_was)
            && kept(from, from_was.as_deref())
            && kept(source, row.source.as_deref())
            && kept(status, row.status.as_deref());
        if !meaning_kept {
            sheet.add(
                report,
                *line,
                format!("another meaning for code `{code}`"),
                "new zh, en or effective_to; the other cells empty or as they were",
            );
        }
        if !zh.is_empty() {
            row.label.zh.clone_from(zh);
        }
        if !en.is_empty() {
            row.label.en.clone_from(en);
        }
        if let Some(end) = sheet.date(report, *line, to) {
            row.effective_to = Some(end);
        }
    }
    parents_exist(&sheet, list, report);
}

fn parents_exist(sheet: &Sheet, list: &CodeList, report: &Report) {
    for (line, cells) in &sheet.rows {
        let parent = &cells[3];
        if !parent.is_empty() && (*parent == cells[0] || !list.rows.iter().any(|row| row.code == *parent)) {
            sheet.add(report, *line, format!("the parent `{parent}`"), "another code of this list");
        }
    }
}
