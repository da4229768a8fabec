//! Who of the staff is on the team of which company: written and searched.

use std::num::NonZeroU64;

use futures::stream::BoxStream;
use futures::{FutureExt, Stream, StreamExt};
use revops_gainsight::user_management::Client;
use revops_gainsight::user_management::operations::SEARCH_COMPANY_TEAM;
use revops_gainsight::user_management::types::{Condition, SearchRequest, UpsertCompanyTeamRequest, Where};
use revops_runtime::batch::{Batch, ChunkReply, Outcomes, Report};
use revops_runtime::paging::{Fingerprint, OffsetPaging, offset_pages};

use super::lower::Lowered;
use super::search::selected;
use super::{Filter, RESTLESS, TeamMember};
use crate::vendor::list;
use crate::{Checkpoint, Error, Page};

/// As many records as the vendor takes in one call.
const RECORDS_PER_CALL: usize = 50;

/// The field by which records are told apart.
const ID: &str = "Gsid";

/// Who is on the team of which company, from [`Gainsight::company_team`](super::Gainsight::company_team).
///
/// The feature must be switched on for the tenant. Everything here spends from the small quota of
/// [`Users`](super::Users).
#[derive(Clone, Debug)]
pub struct CompanyTeam {
    client: Client,
}

impl CompanyTeam {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Writes team members, any number of them, fifty a call (operation `upsertCompanyTeam`).
    ///
    /// ```
    /// use revops::gainsight::TeamMember;
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.users().list().stream().try_next().await?;
    /// # let gsid = first.and_then(|user| user.gsid).unwrap_or_default();
    ///
    /// let member = TeamMember::builder().company_id("1P02ACME").user_id(gsid).team_role("CSM").build()?;
    /// let report = gainsight.company_team().upsert([member]).send().await;
    /// println!("{report}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn upsert(
        &self,
        members: impl IntoIterator<Item = TeamMember, IntoIter: Send + 'static>,
    ) -> UpsertCompanyTeam {
        self.upsert_stream(futures::stream::iter(members))
    }

    /// Writes the team members of a stream ([`upsert`](Self::upsert)).
    ///
    /// ```
    /// # use futures::{StreamExt, TryStreamExt};
    /// # use revops::gainsight::TeamMember;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.users().list().stream().try_next().await?;
    /// # let gsids = first.and_then(|user| user.gsid);
    /// let members = futures::stream::iter(gsids)
    ///     .filter_map(|gsid| async { TeamMember::builder().company_id("1P02ACME").user_id(gsid).build().ok() });
    /// let report = gainsight.company_team().upsert_stream(members).send().await;
    /// println!("{report}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn upsert_stream(
        &self,
        members: impl Stream<Item = TeamMember> + Send + 'static,
    ) -> UpsertCompanyTeam {
        UpsertCompanyTeam::new(self.client.clone(), members.boxed())
    }

    /// The team members that a filter asks for (operation `searchCompanyTeam`).
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// use revops::gainsight::field;
    ///
    /// let teams = gainsight.company_team().search(field("TeamRole").eq("CSM"));
    /// let members: Vec<_> = teams.select(["CompanyId", "UserId"]).stream().try_collect().await?;
    /// println!("{} customer success managers", members.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn search(&self, filter: Filter) -> SearchCompanyTeam {
        SearchCompanyTeam {
            client: self.client.clone(),
            filter,
            select: Vec::new(),
            page_size: 1000,
            resume: None,
        }
    }
}

/// Team members to be written; from [`CompanyTeam::upsert`].
#[derive(Debug)]
#[must_use = "nothing is written until `send` or `stream`"]
pub struct UpsertCompanyTeam {
    client: Client,
    members: Batch<TeamMember>,
}

impl UpsertCompanyTeam {
    fn new(client: Client, members: BoxStream<'static, TeamMember>) -> Self {
        let members = Batch::from_stream(members).chunks_of(RECORDS_PER_CALL).upsert_safe(true);
        Self { client, members }
    }

    /// Writes all and collects what became of each, in the order of the input.
    #[must_use]
    pub fn send(self) -> futures::future::BoxFuture<'static, Report<()>> {
        self.stream().collect().boxed()
    }

    /// Writes as the outcomes are asked for, and gives them in the order of the input, each with its index.
    pub fn stream(self) -> Outcomes<()> {
        let Self { client, members } = self;
        members.run(move |records: Vec<TeamMember>| {
            let client = client.clone();
            async move {
                let sent = records.len();
                let body = UpsertCompanyTeamRequest::builder().records(records);
                let answer = client.upsert_company_team().body(body).send().await?;
                // The answer says of no record that it was left out; but it says that it went well.
                let went_well = answer.result == Some(true);
                Ok::<_, Error>(ChunkReply::all_done(std::iter::repeat_n(
                    (),
                    if went_well { sent } else { 0 },
                )))
            }
        })
    }
}

/// Team members that a filter asks for; from [`CompanyTeam::search`].
#[derive(Clone, Debug)]
#[must_use = "a search is read by `stream`, `records` or `pages`"]
pub struct SearchCompanyTeam {
    client: Client,
    filter: Filter,
    select: Vec<String>,
    page_size: u32,
    resume: Option<Checkpoint>,
}

impl SearchCompanyTeam {
    /// The fields to be read, of which there must be one. `Gsid` is always read.
    pub fn select(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.select = fields.into_iter().map(Into::into).collect();
        self
    }

    /// How many are asked for at once; 1000 unless told.
    pub fn page_size(mut self, members: u32) -> Self {
        self.page_size = members.max(1);
        self
    }

    fn paging(self) -> OffsetPaging<TeamMember, Error> {
        let Self { client, filter, mut select, page_size, resume } = self;
        if !select.is_empty() && !select.iter().any(|field| field == ID) {
            select.push(ID.to_owned());
        }
        let query = Fingerprint::of(SEARCH_COMPANY_TEAM.id, &(&filter, &select));
        let request = selected(&select).and_then(|()| request(&client, &filter, select));
        let fetch = move |offset: u64, limit: u64| {
            let (client, request) = (client.clone(), request.clone());
            async move {
                let mut request = request.map_err(|detail| Error::invalid(&SEARCH_COMPANY_TEAM, detail))?;
                request.limit = i64::try_from(limit).ok();
                request.offset = i64::try_from(offset).ok();
                let (answer, rejected) =
                    client.search_company_team().body(request).send().await?.into_parts();
                let data = answer.data.unwrap_or_default();
                let total = data.total_count.and_then(|total| u64::try_from(total).ok());
                Ok(Page::gathered(data.records.unwrap_or_default(), rejected).total(total))
            }
        };
        let size = NonZeroU64::new(u64::from(page_size)).unwrap_or(NonZeroU64::MIN);
        offset_pages(query, size, fetch)
            .key(|member: &TeamMember| member.gsid.clone())
            .overlap(5)
            .max_empty_pages(RESTLESS)
            .at(resume)
    }
}

list!(SearchCompanyTeam of TeamMember, operation &SEARCH_COMPANY_TEAM);

fn request(client: &Client, filter: &Filter, select: Vec<String>) -> Result<SearchRequest, String> {
    let lowered = Lowered::of(filter, client.connection().options().contract)?;
    let mut request = SearchRequest::default();
    request.select = Some(select);
    let conditions = lowered.conditions(|alias, field, operator, value| {
        let mut condition = Condition::default();
        condition.alias = Some(alias);
        condition.name = Some(field);
        condition.operator = Some(operator.to_owned());
        condition.value = value;
        condition
    });
    if let Some((conditions, expression)) = conditions {
        let mut asked = Where::default();
        asked.conditions = Some(conditions);
        asked.expression = Some(expression);
        request.where_ = Some(asked);
    }
    Ok(request)
}
