//! Saying what a company is, as it becomes known.

use futures::{FutureExt, Stream, StreamExt};
use revops_userpilot::Client;
use revops_userpilot::operations::IDENTIFY_COMPANY;
use revops_userpilot::types;

use super::{Company, Property};
use crate::vendor::each;
use crate::{Call, Error, Response};

/// The companies that users belong to, from [`Userpilot::company`](super::Userpilot::company).
#[derive(Clone, Debug)]
pub struct Companies {
    client: Client,
}

impl Companies {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Says what a company is (operation `identifyCompany`); what is not said stays. A company nobody has
    /// heard of is added.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// userpilot.company().identify("acme").property("industry", "Trees").remove("trial").send().await?;
    /// # assert!(sandbox.userpilot().company("acme").is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn identify(&self, company_id: impl Into<String>) -> IdentifyCompany {
        IdentifyCompany { client: self.client.clone(), company: Company::new(company_id) }
    }

    /// Says what any number of companies are, a call for each ([`identify`](Self::identify)).
    ///
    /// ```
    /// use revops::userpilot::Company;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    ///
    /// let companies = ["acme", "wood"].map(|id| Company::new(id).property("plan", "pro"));
    /// let report = userpilot.company().identify_all(companies).send().await;
    /// # assert_eq!(report.written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn identify_all(
        &self,
        companies: impl IntoIterator<Item = Company, IntoIter: Send + 'static>,
    ) -> IdentifyCompanies {
        self.identify_stream(futures::stream::iter(companies))
    }

    /// Says what the companies of a stream are ([`identify_all`](Self::identify_all)).
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::userpilot::Company;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let companies = futures::stream::iter(["acme", "wood"]).map(|id| Company::new(id).property("plan", "pro"));
    /// let report = userpilot.company().identify_stream(companies).send().await;
    /// # assert_eq!(report.written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn identify_stream(
        &self,
        companies: impl Stream<Item = Company> + Send + 'static,
    ) -> IdentifyCompanies {
        IdentifyCompanies::new(self.client.clone(), companies.boxed())
    }
}

/// What is said of a company; from [`Companies::identify`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct IdentifyCompany {
    client: Client,
    company: Company,
}

impl IdentifyCompany {
    /// One property: a text of up to 65,535 characters, a number or a boolean. Its name has up to 255
    /// characters, and there may be 500 of them.
    pub fn property(self, name: impl Into<String>, value: impl Into<Property>) -> Self {
        Self { company: self.company.property(name, value), ..self }
    }

    /// Takes one property away.
    pub fn remove(self, name: impl Into<String>) -> Self {
        Self { company: self.company.remove(name), ..self }
    }

    /// Sends what was said.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for an empty id, or what breaks the limits of properties;
    /// nothing was sent.
    #[must_use]
    pub fn send(self) -> Call<()> {
        identify(self.client, self.company)
    }
}

each! {
    /// Companies of which something is said; from [`Companies::identify_all`].
    IdentifyCompanies of Company => (), sent by identify, checked by Company::check, calls 4, repeatable true
}

fn identify(client: Client, company: Company) -> Call<()> {
    async move {
        company.check().map_err(|reason| Error::invalid(&IDENTIFY_COMPANY, reason))?;
        let mut request = types::IdentifyCompany::builder().company_id(company.company_id);
        if !company.metadata.is_empty() {
            request = request.metadata(Company::about(company.metadata));
        }
        client.identify_company().body(request).send().await.map(Response::into_inner)
    }
    .boxed()
}
