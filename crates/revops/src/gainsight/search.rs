//! Searching people, page by page.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use revops_gainsight::person::Client;
use revops_gainsight::person::operations::SEARCH_PEOPLE;
use revops_gainsight::person::types::{Condition, Operator, Order, OrderBy, SearchRequest, Where};
use revops_runtime::paging::{Fingerprint, OffsetPaging, offset_pages};

use super::lower::Lowered;
use super::{Filter, Person, RESTLESS};
use crate::vendor::list;
use crate::{Checkpoint, Contract, Error, Page};

/// As many records as the vendor gives in one call.
const MAX_PAGE: u64 = 5000;

/// The field by which records are told apart, and ordered unless told.
const ID: &str = "Gsid";

/// People that a filter asks for; from [`People::search`](super::People::search).
///
/// A search reads pages by offset, which records that are added or deleted meanwhile would shift. So it is
/// ordered by id unless told otherwise, each page begins ten records before the end of the one before, and
/// what was seen is left out.
#[derive(Clone, Debug)]
#[must_use = "a search is read by `stream`, `records` or `pages`"]
pub struct SearchPeople {
    client: Client,
    filter: Filter,
    select: Vec<String>,
    order: (String, Direction),
    page_size: u64,
    limit: Option<u64>,
    concurrency: usize,
    resume: Option<Checkpoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
enum Direction {
    Ascending,
    Descending,
}

impl SearchPeople {
    pub(super) fn new(client: Client, filter: Filter) -> Self {
        Self {
            client,
            filter,
            select: Vec::new(),
            order: (ID.to_owned(), Direction::Ascending),
            page_size: 1000,
            limit: None,
            concurrency: 1,
            resume: None,
        }
    }

    /// The fields to be read, of which there must be one: the vendor gives nothing that is not named. `Gsid`
    /// is always read, to tell people apart.
    pub fn select(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.select = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Orders people by a field, the lowest first. An order that changes while it is read, such as by
    /// `ModifiedDate`, can hand out somebody twice or not at all.
    pub fn order_by(mut self, field: impl Into<String>) -> Self {
        self.order = (field.into(), Direction::Ascending);
        self
    }

    /// Orders people by a field, the highest first.
    pub fn order_by_descending(mut self, field: impl Into<String>) -> Self {
        self.order = (field.into(), Direction::Descending);
        self
    }

    /// How many people are asked for at once; 1000 unless told, 5000 at most.
    pub fn page_size(mut self, people: u64) -> Self {
        self.page_size = people;
        self
    }

    /// How many people are read in all.
    pub fn limit(mut self, people: u64) -> Self {
        self.limit = Some(people);
        self
    }

    /// How many pages may be fetched at once when the first has told how many people there are; 1 unless
    /// told. The order is kept, and so is the quota.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages;
        self
    }

    fn paging(self) -> OffsetPaging<Person, Error> {
        let Self { client, filter, mut select, order, page_size, limit, concurrency, resume } = self;
        if !select.is_empty() && !select.iter().any(|field| field == ID) {
            select.push(ID.to_owned());
        }
        let query = Fingerprint::of(SEARCH_PEOPLE.id, &(&filter, &select, &order, limit));
        let size = NonZeroU64::new(page_size).filter(|size| size.get() <= MAX_PAGE);
        let request = match size {
            Some(_) => selected(&select).and_then(|()| request(&client, &filter, select, &order)),
            None => Err(format!("a page has from 1 to {MAX_PAGE} people, not {page_size}")),
        };
        let fetch = move |offset: u64, wanted: u64| {
            let (client, request) = (client.clone(), request.clone());
            async move {
                let mut request = request.map_err(|detail| Error::invalid(&SEARCH_PEOPLE, detail))?;
                let wanted = limit.map_or(wanted, |limit| wanted.min(limit.saturating_sub(offset)));
                if wanted == 0 {
                    return Ok(Page::of([]));
                }
                request.limit = i64::try_from(wanted).ok();
                request.offset = i64::try_from(offset).ok();
                let (answer, rejected) = client.search_people().body(request).send().await?.into_parts();
                let data = answer.data.unwrap_or_default();
                let total = data.total_count.and_then(|total| u64::try_from(total).ok());
                let total = total.map(|total| limit.map_or(total, |limit| total.min(limit)));
                Ok(Page::gathered(data.records.unwrap_or_default(), rejected).total(total))
            }
        };
        offset_pages(query, size.unwrap_or(NonZeroU64::MIN), fetch)
            .key(|person: &Person| person.gsid.clone())
            .overlap(10)
            .max_empty_pages(RESTLESS)
            .concurrency(concurrency)
            .at(resume)
    }
}

list!(SearchPeople of Person, operation &SEARCH_PEOPLE);

/// Why what a search selects cannot be asked for.
pub(super) fn selected(fields: &[String]) -> Result<(), String> {
    if fields.is_empty() {
        return Err("a search reads the fields it selects, and selects none".to_owned());
    }
    match fields.iter().position(|field| field.trim().is_empty()) {
        Some(index) => Err(format!("field {index} of those a search selects has no name; nothing was asked")),
        None => Ok(()),
    }
}

fn request(
    client: &Client,
    filter: &Filter,
    select: Vec<String>,
    (field, direction): &(String, Direction),
) -> Result<SearchRequest, String> {
    if field.trim().is_empty() {
        return Err("a search is ordered by a field without a name; nothing was asked".to_owned());
    }
    let lowered = Lowered::of(filter, client.connection().options().contract)?;
    let mut request = SearchRequest::default();
    request.select = Some(select);
    let conditions = lowered.conditions(|alias, field, operator, value| {
        let mut condition = Condition::default();
        condition.alias = Some(alias);
        condition.name = Some(field);
        condition.operator = operator.parse::<Operator>().ok();
        condition.value = value;
        condition
    });
    if let Some((conditions, expression)) = conditions {
        let mut asked = Where::default();
        asked.conditions = Some(conditions);
        asked.expression = Some(expression);
        request.where_ = Some(asked);
    }
    let is_descending = *direction == Direction::Descending;
    let order = match client.connection().options().contract {
        // The vendor takes a map from field to direction, the document a pair.
        Contract::Observed => {
            let direction = if is_descending { "desc" } else { "asc" };
            let order = BTreeMap::from([(field.clone(), direction.to_owned())]);
            OrderBy::builder().extra(order).build()
        }
        Contract::Published => {
            let direction = if is_descending { "DESC" } else { "ASC" };
            OrderBy::builder().field(field).order(direction.parse::<Order>().ok()).build()
        }
    };
    request.order_by = Some(order.map_err(|error| error.to_string())?);
    Ok(request)
}
