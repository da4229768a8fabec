//! The main job on one page: every operation of every vendor, called through the clients.
//!
//! A sandbox on loopback answers as the published documents promise, after judging each request against
//! them. No credentials, no network: `cargo run --example tour`. It fails if a call fails, if the sandbox
//! objects to a request, or if an operation was left out.

use std::future::Future;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use revops::gainsight::{person, user_management as users};
use revops::upload::Part;
use revops::{Error, Operation, Quota, Response, gong, usergems, userpilot};
use revops_sandbox::{self as sandbox, Sandbox, Vendor};
use serde_json::Value;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match tour().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the tour stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Calls everything; whether all of it went well.
async fn tour() -> Outcome<bool> {
    let sandbox = Sandbox::start().await?;
    let mut rows = Rows::default();
    call_usergems(&mut rows, &sandbox).await?;
    call_userpilot(&mut rows, &sandbox).await?;
    call_gainsight_people(&mut rows, &sandbox).await?;
    call_gainsight_users(&mut rows, &sandbox).await?;
    call_gong(&mut rows, &sandbox).await?;
    Ok(rows.report(&sandbox))
}

async fn call_usergems(rows: &mut Rows, sandbox: &Sandbox) -> Outcome {
    use usergems::operations as op;
    use usergems::types::{AddAccountRequest, AddContactRequest, PrivacyDeleteRequest};

    let client = usergems::Client::builder()
        .api_key_auth(sandbox::USERGEMS_API_KEY)
        .base_url(sandbox.base_url(Vendor::UserGems))
        .build()?;
    let (email, domain) = ("jane.doe@example.com", "example.com");
    let contact = AddContactRequest::builder().email(email).first_name("Jane").relationship_type("Champion");
    let account = AddAccountRequest::builder().name("Example Inc").domain(domain);
    let erased = PrivacyDeleteRequest::builder().email(email);
    rows.call(&op::ADD_CONTACT, client.add_contact().body(contact).send()).await;
    rows.call(&op::DELETE_CONTACT, client.delete_contact().email(email).signal("q2").send()).await;
    rows.call(&op::ADD_ACCOUNT, client.add_account().body(account).send()).await;
    rows.call(&op::DELETE_ACCOUNT, client.delete_account().name("Example Inc").domain(domain).send()).await;
    rows.call(&op::PRIVACY_DELETE, client.privacy_delete().body(erased).send()).await;
    Ok(())
}

async fn call_userpilot(rows: &mut Rows, sandbox: &Sandbox) -> Outcome {
    use userpilot::operations as op;
    use userpilot::types::{
        BulkCompanies, BulkCompany, BulkUser, BulkUsers, IdentifyCompany, IdentifyUser, ImportDataForm,
        TrackEvent,
    };

    let client = userpilot::Client::builder()
        .api_token(sandbox::USERPILOT_API_KEY)
        .base_url(sandbox.base_url(Vendor::Userpilot))
        .build()?;
    let user = IdentifyUser::builder().user_id("user-1");
    let users = BulkUsers::builder().users(vec![BulkUser::builder().user_id("user-1").build()?]);
    let company = IdentifyCompany::builder().company_id("company-1");
    let companies =
        BulkCompanies::builder().companies(vec![BulkCompany::builder().company_id("company-1").build()?]);
    let event = TrackEvent::builder().user_id("user-1").event_name("tour_taken");
    let rows_of_file =
        Part::bytes("user_id,name\nuser-1,Jane Doe\n").file_name("people.csv").media_type("text/csv");
    rows.call(&op::IDENTIFY_USER, client.identify_user().body(user).send()).await;
    rows.call(&op::BULK_IDENTIFY_USERS, client.bulk_identify_users().body(users).send()).await;
    rows.call(&op::IDENTIFY_COMPANY, client.identify_company().body(company).send()).await;
    rows.call(&op::BULK_IDENTIFY_COMPANIES, client.bulk_identify_companies().body(companies).send()).await;
    rows.call(&op::TRACK_EVENT, client.track_event().body(event).send()).await;
    rows.call(&op::LIST_JOBS, client.list_jobs().send()).await;
    let job = text(sandbox.userpilot().jobs(), "job_id")?;
    rows.call(&op::GET_JOB, client.get_job().job_id(job).send()).await;
    rows.call(&op::IMPORT_DATA, client.import_data().body(ImportDataForm::new(rows_of_file)).send()).await;
    Ok(())
}

async fn call_gainsight_people(rows: &mut Rows, sandbox: &Sandbox) -> Outcome {
    use person::operations as op;
    use person::types::{PersonRecord, SearchRequest, UpsertPeopleRequest};

    let client = person::Client::builder()
        .api_key(sandbox::GAINSIGHT_ACCESS_KEY)
        .base_url(sandbox.base_url(Vendor::Gainsight))
        .build()?;
    let jane = PersonRecord::builder().email("jane.doe@example.com").first_name("Jane").build()?;
    let people = UpsertPeopleRequest::builder().records(vec![jane]);
    let search = SearchRequest::builder().select(vec!["Gsid".to_owned(), "Email".to_owned()]).limit(100);
    let id = text(sandbox.gainsight().people(), "Gsid")?;
    rows.call(&op::UPSERT_PEOPLE, client.upsert_people().keys("Email").body(people).send()).await;
    rows.call(&op::SEARCH_PEOPLE, client.search_people().body(search).send()).await;
    rows.call(&op::GET_PERSON, client.get_person().record_id(&id).send()).await;
    rows.call(&op::DELETE_PERSON, client.delete_person().record_id(id).send()).await;
    Ok(())
}

async fn call_gainsight_users(rows: &mut Rows, sandbox: &Sandbox) -> Outcome {
    use users::operations as op;
    use users::types::{
        CompanyTeamRecord, GainsightUserInput, ScimEmail, ScimNameInput, ScimUserInput, SearchRequest,
        UpsertCompanyTeamRequest,
    };

    let client = users::Client::builder()
        .api_key(sandbox::GAINSIGHT_ACCESS_KEY)
        .base_url(sandbox.base_url(Vendor::Gainsight))
        .build()?;
    let role = GainsightUserInput::builder().role("CSM");
    let (user, company) =
        (text(sandbox.gainsight().users(), "Gsid")?, text(sandbox.gainsight().companies(), "Gsid")?);
    let member = CompanyTeamRecord::builder().company_id(company).user_id(&user).team_role("CSM").build()?;
    let team = UpsertCompanyTeamRequest::builder().records(vec![member]);
    let search = SearchRequest::builder().limit(100);
    let jane = ScimUserInput::builder()
        .schemas(vec!["urn:ietf:params:scim:schemas:core:2.0:User".to_owned()])
        .user_name("jane.doe@example.com")
        .name(ScimNameInput::builder().given_name("Jane").family_name("Doe").build()?)
        .emails(vec![ScimEmail::builder().value("jane.doe@example.com").primary(true).build()?])
        .build()?;
    let mut renamed = jane.clone();
    "jane.roe@example.com".clone_into(&mut renamed.user_name);
    rows.call(&op::LIST_USERS, client.list_users().page_number(0).page_size(25).send()).await;
    rows.call(&op::GET_USER, client.get_user().user_id(&user).send()).await;
    rows.call(&op::UPDATE_USER, client.update_user().user_id(&user).body(role).send()).await;
    rows.call(&op::DEACTIVATE_USER, client.deactivate_user().user_id(&user).send()).await;
    rows.call(&op::UPSERT_COMPANY_TEAM, client.upsert_company_team().body(team).send()).await;
    rows.call(&op::SEARCH_COMPANY_TEAM, client.search_company_team().body(search).send()).await;
    rows.call(&op::SCIM_LIST_USERS, client.scim_list_users().filter("active eq true").send()).await;
    rows.call(&op::SCIM_CREATE_USER, client.scim_create_user().body(jane).send()).await;
    rows.call(&op::SCIM_GET_USER, client.scim_get_user().scim_user_id(&user).send()).await;
    rows.call(&op::SCIM_UPDATE_USER, client.scim_update_user().scim_user_id(&user).body(renamed).send())
        .await;
    rows.call(&op::SCIM_DELETE_USER, client.scim_delete_user().scim_user_id(&user).send()).await;
    Ok(())
}

async fn call_gong(rows: &mut Rows, sandbox: &Sandbox) -> Outcome {
    use gong::operations as op;
    use gong::types::{UsersFilter, UsersFilterRequest};

    let client = gong::Client::builder()
        .basic_auth(sandbox::GONG_ACCESS_KEY, sandbox::GONG_ACCESS_KEY_SECRET)
        // The fourth call within a second would wait, as Gong allows three; the sandbox allows any number.
        .quota(Quota::unlimited())
        .base_url(sandbox.base_url(Vendor::Gong))
        .build()?;
    let id = text(sandbox.gong().users(), "id")?;
    let filter = UsersFilter::builder().user_ids(vec![id.clone()]).build()?;
    let filter = UsersFilterRequest::builder().filter(filter);
    rows.call(&op::LIST_USERS, client.list_users().include_avatars(true).send()).await;
    rows.call(&op::GET_USER, client.get_user().id(&id).send()).await;
    rows.call(&op::GET_USER_SETTINGS_HISTORY, client.get_user_settings_history().id(id).send()).await;
    rows.call(&op::LIST_USERS_BY_FILTER, client.list_users_by_filter().body(filter).send()).await;
    Ok(())
}

/// A member of the first of the records that the sandbox holds.
fn text(records: Vec<Value>, member: &str) -> Outcome<String> {
    let first = records.into_iter().next().ok_or("the sandbox holds nothing of the kind")?;
    Ok(first[member].as_str().ok_or_else(|| format!("no `{member}` in {first}"))?.to_owned())
}

/// The calls made so far.
#[derive(Default)]
struct Rows(Vec<Row>);

struct Row {
    operation: &'static Operation,
    result: Result<u16, Error>,
    took: Duration,
}

impl Rows {
    /// Awaits one call and keeps what came of it.
    async fn call<T>(
        &mut self,
        operation: &'static Operation,
        call: impl Future<Output = Result<Response<T>, Error>>,
    ) {
        let began = Instant::now();
        let result = call.await.map(|response| response.status().as_u16());
        self.0.push(Row { operation, result, took: began.elapsed() });
    }

    /// Prints the table and what is wrong; whether nothing is.
    fn report(&self, sandbox: &Sandbox) -> bool {
        println!("{:29} {:24} {:38} {:>6} {:>8}", "vendor", "operation", "request", "status", "time");
        for Row { operation, result, took } in &self.0 {
            let request = format!("{} {}", operation.method, operation.path);
            let status = result.as_ref().map_or("failed".to_owned(), ToString::to_string);
            let vendor = operation.api.trim_end_matches(" API");
            let took = took.as_secs_f64() * 1000.0;
            println!("{vendor:29} {:24} {request:38} {status:>6} {took:5.1} ms", operation.id);
        }
        let failures: Vec<&Error> = self.0.iter().filter_map(|row| row.result.as_ref().err()).collect();
        for error in &failures {
            println!("\nfailed: {error}");
        }
        for violation in sandbox.violations() {
            println!("\nthe sandbox objects: {violation}");
        }
        let (called, documented) = (self.0.len(), sandbox.operations().len());
        let objections = sandbox.violations().len();
        println!(
            "\n{called} of {documented} operations called, {} failed, {objections} against their document",
            failures.len()
        );
        called == documented && failures.is_empty() && objections == 0
    }
}
