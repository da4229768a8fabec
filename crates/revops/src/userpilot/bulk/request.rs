//! What one request of a bulk update has: records of one kind, lowered to what the vendor takes.

use std::fmt;

use futures::FutureExt;
use revops_userpilot::Client;
use revops_userpilot::operations::{BULK_IDENTIFY_COMPANIES, BULK_IDENTIFY_USERS};
use revops_userpilot::types::{BulkCompanies, BulkCompany, BulkUser, BulkUsers};
use serde::Serialize;

use crate::userpilot::{Company, Job, User};
use crate::{Call, Error};

/// A user or a company.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Record {
    User(User),
    Company(Company),
}

impl Record {
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self::User(user) => user.check(),
            Self::Company(company) => company.check(),
        }
    }
}

/// One request, which may have to be made several times until it has its turn.
#[derive(Clone)]
pub(super) enum Request {
    Users(BulkUsers),
    Companies(BulkCompanies),
}

impl Request {
    pub(super) fn of(records: Vec<Record>) -> Result<Self, Error> {
        let (mut users, mut companies) = (Vec::new(), Vec::new());
        for record in records {
            match record {
                Record::User(user) => users.push(lower_user(user)?),
                Record::Company(company) => companies.push(lower_company(company)?),
            }
        }
        let unfit = |error: &dyn fmt::Display| Error::invalid(&BULK_IDENTIFY_USERS, error.to_string());
        // A batch is of one kind.
        if companies.is_empty() {
            BulkUsers::builder().users(users).build().map(Self::Users).map_err(|error| unfit(&error))
        } else {
            let companies = BulkCompanies::builder().companies(companies).build();
            companies.map(Self::Companies).map_err(|error| unfit(&error))
        }
    }

    pub(super) fn send(self, client: Client) -> Call<Job> {
        async move {
            let (begun, operation) = match self {
                Self::Users(users) => {
                    (client.bulk_identify_users().body(users).send().await, &BULK_IDENTIFY_USERS)
                }
                Self::Companies(companies) => {
                    (client.bulk_identify_companies().body(companies).send().await, &BULK_IDENTIFY_COMPANIES)
                }
            };
            Job::started(client, begun?.into_inner(), operation)
        }
        .boxed()
    }
}

fn lower_user(user: User) -> Result<BulkUser, Error> {
    let mut lowered = BulkUser::builder().user_id(user.id).company_id(user.company_id);
    if !user.metadata.is_empty() {
        lowered = lowered.metadata(User::about(user.metadata));
    }
    lowered.build().map_err(|error| Error::invalid(&BULK_IDENTIFY_USERS, error.to_string()))
}

fn lower_company(company: Company) -> Result<BulkCompany, Error> {
    let mut lowered = BulkCompany::builder().company_id(company.company_id);
    if !company.metadata.is_empty() {
        lowered = lowered.metadata(Company::about(company.metadata));
    }
    lowered.build().map_err(|error| Error::invalid(&BULK_IDENTIFY_COMPANIES, error.to_string()))
}
