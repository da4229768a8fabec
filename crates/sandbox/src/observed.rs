//! The paths that vendors really serve where their published documents say another.

use http::Method;

use crate::Vendor;
use crate::catalog::Catalog;
use crate::route::{Route, Segment, fits, split, values};

/// One path beside the published one; method, parameters and body are the same.
struct Observed {
    vendor: Vendor,
    /// The template below the vendor's base URL, its parameters named as in the published one.
    path: &'static str,
    published: &'static str,
}

const OBSERVED: [Observed; 4] = [
    Observed {
        vendor: Vendor::Gainsight,
        path: "/data/objects/query/Person",
        published: "/data/objects/Person/search",
    },
    Observed { vendor: Vendor::Gainsight, path: "/users/services/scim/Users", published: "/scim/v2/Users" },
    Observed {
        vendor: Vendor::Gainsight,
        path: "/users/services/scim/Users/{scimUserId}",
        published: "/scim/v2/Users/{scimUserId}",
    },
    Observed { vendor: Vendor::Gong, path: "/users/extensive", published: "/users/filter" },
];

/// Where a request leads whose path is observed and not published.
pub(crate) fn find(catalog: &'static Catalog, method: &Method, path: &str) -> Option<Route> {
    let (vendor, segments) = split(catalog, path)?;
    OBSERVED.iter().filter(|it| it.vendor == vendor).find_map(|it| {
        let template = Segment::parse(it.path).ok()?;
        if !fits(&template, &segments) {
            return None;
        }
        let mut meant =
            catalog.operations.iter().filter(|op| op.vendor() == vendor && op.path == it.published);
        Some(match meant.clone().find(|operation| operation.method == *method) {
            Some(operation) => Route::Operation(operation, values(&operation.segments, &template, &segments)),
            None => Route::Method(vendor, meant.by_ref().map(|operation| &operation.method).collect()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_published(method: &Method, path: &str) -> Option<Route> {
        find(Catalog::published().unwrap(), method, path)
    }

    #[test]
    fn an_observed_path_leads_to_the_operation_of_the_published_one() {
        let route = find_published(&Method::GET, "/gainsight/v1/users/services/scim/Users/1P01%20a");
        assert!(
            matches!(&route, Some(Route::Operation(operation, values))
                if operation.id == "scimGetUser" && values["scimUserId"] == "1P01 a"),
            "{route:?}"
        );
        let route = find_published(&Method::GET, "/gong/v2/users/extensive");
        assert!(matches!(&route, Some(Route::Method(Vendor::Gong, allowed)) if **allowed == [&Method::POST]));
        assert!(find_published(&Method::GET, "/gong/v2/users").is_none());
    }

    #[test]
    fn every_observed_path_of_the_overlays_is_here_and_its_published_one_exists() {
        let specs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
        let mut expected = std::collections::BTreeSet::new();
        for vendor in Vendor::ALL {
            for file in std::fs::read_dir(specs.join(vendor.slug())).unwrap() {
                let path = file.unwrap().path();
                if path.to_string_lossy().ends_with(".observed.yaml") {
                    let text = std::fs::read_to_string(path).unwrap();
                    let paths = text.lines().filter_map(|line| line.trim().strip_prefix("x-observed-path: "));
                    expected.extend(paths.map(|path| (vendor, path.to_owned())));
                }
            }
        }
        let here: std::collections::BTreeSet<(Vendor, String)> =
            OBSERVED.iter().map(|it| (it.vendor, it.path.to_owned())).collect();
        assert_eq!(here, expected);
        let operations = &Catalog::published().unwrap().operations;
        for it in &OBSERVED {
            let known = |operation: &&crate::Operation| {
                operation.vendor() == it.vendor && operation.path == it.published
            };
            let operation = operations.iter().find(known).unwrap_or_else(|| panic!("{}", it.published));
            let names = |segments: &[Segment]| -> Vec<String> {
                segments.iter().filter_map(Segment::parameter).map(str::to_owned).collect()
            };
            assert_eq!(names(&Segment::parse(it.path).unwrap()), names(&operation.segments));
        }
    }
}
