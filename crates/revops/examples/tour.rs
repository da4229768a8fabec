//! The main job on one page: the whole life of 250 people in all four vendors, by all 32 operations.
//!
//! A sandbox on loopback answers as the vendors do, after judging each request against their published documents.
//! No credentials, no network: `cargo run --example tour`. It fails if a call fails, if the sandbox objects to a
//! request, or if an operation was left out.

use std::collections::BTreeSet;
use std::io::Write as _;

use futures::TryStreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use revops::gainsight::{Filter, Person, TeamMember, field, scim};
use revops::people;
use revops::usergems::Contact;
use revops::userpilot::{Company, User};
use revops_sandbox::Sandbox;

mod support;
use support::{Outcome, Vendors};

const PEOPLE: usize = 250;

#[tokio::main]
async fn main() -> Outcome {
    let vendors = Vendors::connect(PEOPLE).await?;
    let Some(sandbox) = &vendors.sandbox else {
        return Err("the tour changes whatever it meets; it is for the sandbox only".into());
    };

    let (somebody, leaver) = staff(&vendors).await?;
    provision(&vendors).await?;
    let customers = customers(&vendors).await?;
    import(&vendors, sandbox, &customers).await?;
    track(&vendors).await?;

    println!("\n{leaver} leaves the company:");
    print!(
        "{}",
        people::offboard(&leaver).in_gainsight(&vendors.gainsight).in_gong(&vendors.gong).run().await?
    );

    let erased = customers.first().and_then(|person| person.email.clone()).ok_or("there are no customers")?;
    println!("\n{erased} wants to be forgotten:");
    let flow = people::erase(&erased).in_usergems(&vendors.usergems).in_gainsight(&vendors.gainsight);
    let report = flow.in_userpilot(&vendors.userpilot).in_gong(&vendors.gong).run().await?;
    print!("{report}");
    let all = people::find_each([&somebody, &erased]).in_gong(&vendors.gong).in_gainsight(&vendors.gainsight);
    println!("\nand afterwards:\n{}", all.run().await?);

    every_operation_was_called(sandbox)
}

/// Who is on the staff, by Gong and by Gainsight: somebody who stays, and somebody who is to leave.
async fn staff(vendors: &Vendors) -> Outcome<(String, String)> {
    let users: Vec<_> = vendors.gong.users().list().stream().try_collect().await?;
    let one = users.first().and_then(|user| user.id.clone()).ok_or("nobody is in Gong")?;
    let user = vendors.gong.users().get(&one).await?;
    let changes: Vec<_> = vendors.gong.users().settings_history(&one).stream().try_collect().await?;
    let since = "2025-01-01T00:00:00Z".parse()?;
    let recent: Vec<_> = vendors.gong.users().filter().created_from(since).stream().try_collect().await?;
    println!(
        "Gong       {} users, {} of them since 2025; {} settings of the first changed",
        users.len(),
        recent.len(),
        changes.len()
    );

    let roster = people::roster().of_gong(&vendors.gong).of_gainsight(&vendors.gainsight).run().await?;
    let odd = roster.rows().iter().filter(|row| !row.differences.is_empty()).count();
    println!(
        "both       {} people on the staff, {odd} known differently by Gong and Gainsight",
        roster.rows().len()
    );

    let is_active = |row: &&people::Row| {
        row.differences.is_empty() && row.members.iter().flatten().all(|member| member.active == Some(true))
    };
    let leaver = roster.rows().iter().rfind(is_active).ok_or("nobody could leave")?;
    Ok((user.email_address.unwrap_or_default(), leaver.email.clone()))
}

/// A new colleague gets a user in Gainsight, a role, and a company to look after.
async fn provision(vendors: &Vendors) -> Outcome {
    let gainsight = &vendors.gainsight;
    let new = scim::user("new.colleague@example.com", "New", "Colleague", "new.colleague@example.com")?;
    let created = gainsight.scim().provision(new.clone()).await?.into_user();
    let again = gainsight.scim().provision(new.clone()).await?.into_user();
    let id = created.id.clone().ok_or("the user has no id")?;
    assert_eq!(created.id, again.id, "provisioning twice is provisioning once");
    let mut promoted = new;
    promoted.title = Some("Customer success manager".into());
    gainsight.scim().replace(&id, promoted).await?;
    println!(
        "Gainsight  {:?} provisioned as {:?}",
        created.user_name.unwrap_or_default(),
        gainsight.scim().get(&id).await?.title.unwrap_or_default()
    );

    let users: Vec<_> = gainsight.users().list().page_size(250).stream().try_collect().await?;
    let gsid = users.iter().find_map(|user| user.gsid.clone()).ok_or("Gainsight has no users")?;
    gainsight.users().update(&gsid).role("CSM").send().await?;
    let user = gainsight.users().get(&gsid).await?;
    let company = gainsight.people().search(Filter::all()).select(["CompanyId"]).stream().try_next().await?;
    let company = company.and_then(|person| person.company_id).unwrap_or_else(|| "1P02EXAMPLE".into());
    let member = TeamMember::builder().company_id(company).user_id(gsid).team_role("CSM").build()?;
    let report = gainsight.company_team().upsert([member]).send().await;
    let teams = gainsight.company_team().search(field("TeamRole").eq("CSM")).select(["UserId", "CompanyId"]);
    let managers: Vec<_> = teams.stream().try_collect().await?;
    println!(
        "Gainsight  {:?} looks after a company now ({report}); {} do",
        user.role.unwrap_or_default(),
        managers.len()
    );

    gainsight.scim().delete(id).await?;
    Ok(())
}

/// The people at customers are written to Gainsight, and read back.
async fn customers(vendors: &Vendors) -> Outcome<Vec<Person>> {
    let people = (1..=PEOPLE).map(|number| {
        let email = format!("customer.{number}@customers.example.com");
        Person::builder()
            .email(email)
            .first_name("Customer")
            .last_name(format!("No. {number}"))
            .role("Champion")
            .is_active(true)
            .build()
    });
    let people = people.collect::<Result<Vec<_>, _>>()?;
    let report = vendors.gainsight.people().upsert(people).matching(["Email"]).send().await?;
    println!("Gainsight  {PEOPLE} people at customers: {report}");

    let ours = field("Email").ends_with("@customers.example.com");
    let search = vendors.gainsight.people().search(ours).select(["Gsid", "Email", "Role"]).page_size(100);
    let found: Vec<_> = search.concurrency(2).stream().try_collect().await?;
    let last = found.last().and_then(|person| person.gsid.clone()).ok_or("none of them is found")?;
    let person = vendors.gainsight.people().get(&last).await?;
    println!(
        "Gainsight  {} of them found again; the last is {:?}",
        found.len(),
        person.last_name.unwrap_or_default()
    );
    Ok(found)
}

/// The same people become users of Userpilot: a file is imported, with a progress bar, and the rest in bulk.
async fn import(vendors: &Vendors, sandbox: &Sandbox, customers: &[Person]) -> Outcome {
    let userpilot = &vendors.userpilot;
    let path = std::env::temp_dir().join(format!("revops-tour-{}.csv", std::process::id()));
    let mut file = std::fs::File::create(&path)?;
    writeln!(file, "user_id,email")?;
    for person in customers {
        writeln!(
            file,
            "{},{}",
            person.gsid.as_deref().unwrap_or_default(),
            person.email.as_deref().unwrap_or_default()
        )?;
    }
    drop(file);
    let job = userpilot.import_file(&path).send().await?;
    let bar = ProgressBar::new(customers.len() as u64);
    bar.set_style(
        ProgressStyle::with_template("Userpilot  [{bar:40}] {pos} of {len} {msg}")?.progress_chars("=> "),
    );
    let done = {
        let bar = bar.clone();
        // The sandbox's clock is moved ahead, as twelve hundred rows would take it a minute.
        sandbox.advance(std::time::Duration::from_secs(5));
        let waiting = job.wait().on_progress(move |progress| {
            bar.set_position(progress.done);
            bar.set_message(progress.state.clone());
        });
        let waiting = tokio::spawn(waiting.into_future());
        while !waiting.is_finished() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            sandbox.advance(std::time::Duration::from_secs(2));
        }
        waiting.await??
    };
    bar.finish_and_clear();
    std::fs::remove_file(&path)?;
    println!(
        "Userpilot  {} of {:?} rows of a file imported",
        done.completed_rows().unwrap_or_default(),
        done.total_rows().unwrap_or_default()
    );

    let jobs: Vec<_> = userpilot.jobs().list().stream().try_collect().await?;
    userpilot.identify("user-1").property("plan", "pro").company("acme").send().await?;
    userpilot.track("user-1", "report_exported").property("rows", 1250).send().await?;
    userpilot.company().identify("acme").property("industry", "Trees").send().await?;
    let users = (1..=20).map(|number| User::new(format!("bulk-{number}")).property("plan", "free"));
    let users = userpilot.bulk().users(users).wait_for_jobs(false).send().await;
    sandbox.advance(std::time::Duration::from_secs(120));
    let companies = userpilot.bulk().companies([Company::new("acme").property("seats", 25)]);
    let companies = companies.wait_for_jobs(false).send().await;
    println!(
        "Userpilot  in bulk: users {}; companies {}; {} jobs before",
        users.items(),
        companies.items(),
        jobs.len()
    );
    sandbox.advance(std::time::Duration::from_secs(120));
    Ok(())
}

/// Champions go from Gainsight to UserGems and to Userpilot, as a stream.
async fn track(vendors: &Vendors) -> Outcome {
    let champions =
        vendors.gainsight.people().search(field("Role").eq("Champion")).select(["Email", "LastName"]);
    let mut sync = people::track_all(champions.limit(40).stream())
        .into_usergems(&vendors.usergems, |person: &Person| {
            Some(Contact::new(person.email.as_deref()?).relationship("Champion"))
        })
        .into_userpilot(&vendors.userpilot, |person: &Person| {
            Some(User::new(person.gsid.as_deref()?).property("champion", true))
        });
    let mut tracked = 0;
    while let Some(person) = sync.try_next().await? {
        tracked += usize::from(person.is_written());
    }
    let contacts = vendors.usergems.contacts();
    contacts.untrack("former.champion@example.com").everywhere().send().await?;
    vendors.usergems.accounts().add("Example Inc", "example.com").send().await?;
    vendors.usergems.accounts().remove("Example Ltd", "ltd.example.com").send().await?;
    println!("UserGems   {tracked} champions tracked, one account added, another left");
    Ok(())
}

/// What the sandbox saw: every operation, and nothing against a document.
fn every_operation_was_called(sandbox: &Sandbox) -> Outcome {
    let called: BTreeSet<_> =
        sandbox.requests().iter().filter_map(|line| Some((line.vendor?, line.operation?))).collect();
    let operations = sandbox.operations();
    for missing in operations.iter().filter(|it| !called.contains(&(it.vendor(), it.id()))) {
        println!("not called: {} {}", missing.vendor(), missing.id());
    }
    let violations = sandbox.violations();
    for violation in &violations {
        println!("against its document: {violation}");
    }
    println!(
        "{} of {} operations called, {} requests against their document",
        called.len(),
        operations.len(),
        violations.len()
    );
    if called.len() == operations.len() && violations.is_empty() {
        Ok(())
    } else {
        Err("the tour is incomplete".into())
    }
}
