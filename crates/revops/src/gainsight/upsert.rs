//! Writing people by the fifty, so that each ends in exactly one outcome.

use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use revops_gainsight::person::Client;
use revops_gainsight::person::operations::UPSERT_PEOPLE;
use revops_gainsight::person::types::{UpsertPeopleRequest, WriteResponse};
use revops_runtime::batch::{Batch, ChunkReply, Duplicates, Outcomes, Report};
use serde_json::Value;

use super::Person;
use crate::people::Email;
use crate::{Call, Error, Kind};

/// As many records as the vendor takes in one call.
const RECORDS_PER_CALL: usize = 50;

/// People to be written; from [`People::upsert`](super::People::upsert).
///
/// What failed and may be sent again is sent again, and nothing else. A call that is refused as a whole is
/// halved until the record that was the reason stands alone. Memory does not grow with the number of people,
/// except for their outcomes if they are collected, and with [`duplicates`](Self::duplicates).
#[derive(Debug)]
#[must_use = "nothing is written until `send` or `stream`"]
pub struct UpsertPeople {
    client: Client,
    people: Batch<Person>,
    keys: Vec<String>,
    duplicates: Option<Duplicates>,
}

/// What the vendor says of a person it wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upserted {
    /// The person's Gainsight id, if the answer names it.
    pub gsid: Option<String>,
}

impl UpsertPeople {
    pub(super) fn new(client: Client, people: BoxStream<'static, Person>) -> Self {
        let people = Batch::from_stream(people).chunks_of(RECORDS_PER_CALL).concurrency(2).upsert_safe(true);
        Self { client, people, keys: vec!["Email".to_owned()], duplicates: None }
    }

    /// The fields by which a person is found to be there already; `Email` unless told. A person without one
    /// of them is refused here, and so is one whose `Email` is no address. If no field is named, nothing is sent and
    /// [`send`](Self::send) and [`stream`](Self::stream) fail.
    pub fn matching(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys = fields.into_iter().map(Into::into).collect();
        self
    }

    /// What becomes of people of the input who have the same key fields. `Email` is compared without regard to
    /// case, every other field as it is: ids of Salesforce can differ by case alone. If it is not said all are
    /// sent, and which of them is written last is for nobody to say.
    pub fn duplicates(mut self, choice: Duplicates) -> Self {
        self.duplicates = Some(choice);
        self
    }

    /// How many calls may be under way at once; 2 unless told. The tenant's quota is kept however many there
    /// are, so more than a few are of no use.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.people = self.people.concurrency(calls);
        self
    }

    /// Writes everybody and collects what became of each, in the order of the input.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) if no key field is named; nothing was sent. What goes wrong
    /// later is told for each person by the report.
    #[must_use]
    pub fn send(self) -> Call<Report<Upserted>> {
        let outcomes = self.stream();
        async move { Ok(outcomes?.collect().await) }.boxed()
    }

    /// Writes as the outcomes are asked for, and gives them in the order of the input, each with the index of
    /// its person. It can be stopped at any time and tells what is then known
    /// ([`Outcomes::cancel`](revops_runtime::batch::Outcomes::cancel)).
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) if no key field is named; nothing was sent.
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::gainsight::Person;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let jane = Person::builder().email("jane.doe@example.com").build()?;
    /// let mut outcomes = gainsight.people().upsert([jane]).stream()?;
    /// while let Some((index, outcome)) = outcomes.next().await {
    ///     println!("{index}: {}", if outcome.is_done() { "written" } else { "not written" });
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> Result<Outcomes<Upserted>, Error> {
        let Self { client, people, keys, duplicates } = self;
        if keys.is_empty() || keys.iter().any(|key| key.trim().is_empty() || key.contains(',')) {
            let detail = "people are matched by at least one field, each by its name alone";
            return Err(Error::invalid(&UPSERT_PEOPLE, detail));
        }
        let joined = keys.join(",");
        let people = match duplicates {
            Some(choice) => {
                let keys = keys.clone();
                people.duplicates(choice, move |person| key(person, &keys))
            }
            None => people,
        };
        let people = people.check(move |person| check(person, &keys));
        Ok(people.run(move |records: Vec<Person>| {
            let (client, keys) = (client.clone(), joined.clone());
            async move {
                let sent = records.len();
                let body = UpsertPeopleRequest::builder().records(records);
                let answer = match client.upsert_people().keys(keys).body(body).send().await {
                    Ok(answer) => answer.into_inner(),
                    Err(error) => retold(&error).ok_or(error)?,
                };
                Ok::<_, Error>(read(&answer, sent))
            }
        }))
    }
}

/// Why a person is not sent: a key field is missing, or the address is none.
fn check(person: &Person, keys: &[String]) -> Result<(), String> {
    if let Some(name) = keys.iter().find(|name| value(person, name).is_none()) {
        return Err(format!("it has no `{name}` to be matched by; it was not sent"));
    }
    // An empty text takes the address away.
    let address = person.email.as_deref().filter(|text| !text.trim().is_empty());
    match address.map(str::parse::<Email>) {
        Some(Err(invalid)) => Err(format!("its `Email` is none: {}; it was not sent", invalid.reason())),
        _ => Ok(()),
    }
}

/// All key fields of a person as one text, or nothing if one is missing.
fn key(person: &Person, keys: &[String]) -> Option<String> {
    let values: Option<Vec<String>> =
        keys.iter().map(|name| value(person, name).map(|value| compared(name, value))).collect();
    values.map(|values| values.join("\u{1f}"))
}

/// A value of a key field as it is compared with others. Addresses are the same whatever their case; ids, such as
/// those of Salesforce with 15 characters, are not.
fn compared(name: &str, value: String) -> String {
    if name == "Email" { value.trim().to_lowercase() } else { value }
}

/// A field of a person by the vendor's name for it, if it has a value.
fn value(person: &Person, name: &str) -> Option<String> {
    let text = |text: &Option<String>| text.clone();
    let found = match name {
        "Gsid" => text(&person.gsid),
        "Email" => text(&person.email),
        "FirstName" => text(&person.first_name),
        "LastName" => text(&person.last_name),
        "CompanyId" => text(&person.company_id),
        "CompanyName" => text(&person.company_name),
        "SfdcContactId" => text(&person.sfdc_contact_id),
        "LinkedinUrl" => text(&person.linkedin_url),
        _ => match serde_json::to_value(person).ok()?.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        },
    };
    found.filter(|text| !text.trim().is_empty())
}

/// An answer that could not be decoded as it came, its numbers that are told as texts being numbers. What the
/// vendor did fifty records for is not given up for that.
fn retold(error: &Error) -> Option<WriteResponse> {
    if error.kind() != Kind::Decode {
        return None;
    }
    let mut answer: Value = serde_json::from_slice(error.bytes()?).ok()?;
    let data = answer.get_mut("data")?.as_object_mut()?;
    let counts = ["count", "insertedCount", "updatedCount", "failedCount"];
    data.iter_mut().filter(|(name, _)| counts.contains(&name.as_str())).for_each(|(_, count)| number(count));
    let failures = data.get_mut("failures").and_then(Value::as_array_mut);
    failures.into_iter().flatten().filter_map(|failure| failure.get_mut("index")).for_each(number);
    serde_json::from_value(answer).ok()
}

fn number(value: &mut Value) {
    if let Some(number) = value.as_str().and_then(|text| text.trim().parse::<i64>().ok()) {
        *value = number.into();
    }
}

/// What the vendor answered of each record of a call.
///
/// The document promises a list of failures by index; what was seen is the list of records that were written.
/// An item neither of them speaks of is left open unless the counts settle it.
fn read(answer: &WriteResponse, sent: usize) -> ChunkReply<Upserted> {
    let data = answer.data.clone().unwrap_or_default();
    let failures = data.failures.unwrap_or_default();
    let named = failures.iter().filter_map(|failure| {
        let index = usize::try_from(failure.index?).ok().filter(|index| *index < sent)?;
        Some((
            index,
            failure.error_message.clone().unwrap_or_else(|| "the vendor gives no reason".to_owned()),
        ))
    });
    let named: std::collections::BTreeMap<usize, String> = named.collect();
    let failed = data.failed_count.map_or(failures.len(), |count| usize::try_from(count).unwrap_or(0));
    let has_errors = data.errors.as_ref().is_some_and(|errors| match errors {
        Value::Null => false,
        Value::Array(errors) => !errors.is_empty(),
        _ => true,
    });
    let written = match (data.inserted_count, data.updated_count, data.count) {
        (None, None, count) => count,
        (inserted, updated, _) => Some(inserted.unwrap_or(0) + updated.unwrap_or(0)),
    };
    let expected = sent - named.len();
    let is_whole = failed == named.len()
        && !has_errors
        && match written {
            Some(count) => usize::try_from(count).is_ok_and(|count| count == expected),
            // Neither counts nor the word that it went well: the answer of something else.
            None => answer.result == Some(true),
        };
    let written: Vec<Option<String>> = match &data.records {
        Some(Value::Array(records)) if records.len() == expected => {
            records.iter().map(|record| record.get("Gsid")?.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    };
    let mut written = written.into_iter();
    let mut reply = ChunkReply::new();
    for index in 0..sent {
        reply = match named.get(&index) {
            Some(reason) => reply.refused(index, reason),
            None if is_whole => reply.done(index, Upserted { gsid: written.next().flatten() }),
            None => reply,
        };
    }
    reply
}
