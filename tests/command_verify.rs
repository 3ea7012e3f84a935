//! `equibayes verify`, from outside: exit status, what goes where, file formats.
#![cfg(feature = "cli")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn equibayes(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_equibayes")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Standard output of a run that must succeed without a word on standard error.
fn succeeds(arguments: &[&str]) -> String {
    let output = equibayes(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    text(&output.stdout)
}

/// The one line on standard error of a run that must be refused, with nothing on standard output.
fn refused(arguments: &[&str]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_equibayes"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What is refused is refused at once; what is not might run for days, and says nothing meanwhile.
    let deadline = Instant::now() + Duration::from_secs(60);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{arguments:?} is not refused, but run");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    let line = error.strip_suffix('\n').unwrap();
    assert!(
        line.starts_with("equibayes: ") && !line.contains(['\n', '\r']),
        "{arguments:?}: {error}"
    );
    line.to_owned()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeeds(arguments)).unwrap()
}

/// Removes what may differ from run to run: every field named `seconds`.
fn without_times(mut value: Value) -> Value {
    fn clear(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("seconds");
                map.values_mut().for_each(clear);
            }
            Value::Array(values) => values.iter_mut().for_each(clear),
            _ => {}
        }
    }
    clear(&mut value);
    value
}

fn ids(run: &Value) -> Vec<&str> {
    run["claims"].as_array().unwrap().iter().map(|claim| claim["id"].as_str().unwrap()).collect()
}

#[test]
fn bad_usage_is_one_line_that_says_what_was_expected() {
    for (arguments, says) in [
        (&["verify", "Q7"][..], "'Q7': expected"),
        (&["verify", ""], "'': expected"),
        (&["verify", "a\nb"], "'a\\nb': expected"),
        (&["audti"], "or a command"),
        (&["verify", "--cases", "0"], "'0' for '--cases <N>': expected a whole number from 1"),
        (&["verify", "--cases", "-3"], "'-3' for '--cases <N>': expected"),
        (&["verify", "--cases", "many"], "'many' for '--cases <N>': expected"),
        (&["verify", "--cases", "99999999999999999999"], "for '--cases <N>': expected"),
        (&["verify", "--html", ""], "a value is required for '--html <FILE>'"),
        (&["verify", "--cases"], "a value is required for '--cases <N>'"),
        (&["--cases", "0"], "'0' for '--cases <N>': expected"),
        (&["verify", "--seed", "-1"], "'-1' for '--seed <N>': expected a whole number from 0"),
        (&["verify", "--threads", "0"], "'0' for '--threads <N>': expected"),
        (&["verify", "--frobnicate"], "'--frobnicate' found: expected an option that --help lists"),
        (&["verify", "--case", "3"], "'--cases'"),
        (&["--cases", "3", "verify"], "'--cases <N>' before 'verify': expected after it"),
        (&["A3", "--list", "--html", "x"], "'--html <FILE>'"),
    ] {
        let line = refused(arguments);
        assert!(line.contains(says), "{arguments:?}: {line}");
    }
}

/// Twins in directed rounding are a feature: a build without it says so.
#[cfg(not(feature = "enclosure"))]
#[test]
fn enclosures_that_were_not_built_are_refused() {
    let line = refused(&["verify", "F2", "--cases", "1", "--enclosed"]);
    assert!(line.contains("--enclosed: expected a build with the feature enclosure"), "{line}");
}

#[test]
fn an_unwritable_output_is_refused_before_the_run_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir(path("directory")).unwrap();
    fs::write(path("protected"), "kept").unwrap();
    let mut permissions = fs::metadata(path("protected")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(path("protected"), permissions).unwrap();
    for bad in ["directory", "missing/x", "protected", "protected/x", &"x".repeat(300)] {
        let bad = path(bad);
        for flag in ["--json", "--html"] {
            // So many cases that a run would not end within the test.
            let line = refused(&["verify", "--cases", "4000000000", flag, &bad]);
            assert!(line.contains(": expected a file that can be written: "), "{line}");
            // Nor is the other output written.
            let other = if flag == "--json" { "--html" } else { "--json" };
            refused(&["verify", "--cases", "4000000000", other, &path("other"), flag, &bad]);
        }
    }
    refused(&["verify", "--cases", "1", "--json", &path("same"), "--html", &path("./same")]);
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["directory", "protected"]);
    assert_eq!(fs::read_to_string(path("protected")).unwrap(), "kept");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_and_a_reader_that_leaves_is_not() {
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let binary = env!("CARGO_BIN_EXE_equibayes");
    let output = Command::new(binary).arg("--list").stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stderr).lines().count(), 1, "{}", text(&output.stderr));

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(binary).arg("--list").stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn help_and_version_are_answers() {
    assert!(succeeds(&["--help"]).contains("verify"));
    assert!(succeeds(&["verify", "--help"]).contains("--cases"));
    let version = succeeds(&["--version"]);
    assert!(
        version.starts_with(&format!("equibayes {}\n", env!("CARGO_PKG_VERSION"))),
        "{version}"
    );
    assert!(version.contains("rustc 1."), "{version}");
}

#[test]
fn the_list_is_the_catalogue() {
    let catalogue = equibayes::claim::catalogue();
    let list = succeeds(&["verify", "--list"]);
    for claim in &catalogue {
        let about = claim.about();
        let line = list.lines().find(|line| line.split_whitespace().next() == Some(about.id));
        let line = line.unwrap_or_else(|| panic!("{} is not listed", about.id));
        assert!(line.contains(&about.role.to_string()), "{line}");
        assert!(line.contains(&about.evidence.to_string()), "{line}");
        assert!(line.ends_with(about.title), "{line}");
    }
    let value = json(&["--list", "--json", "-"]);
    let expected: Vec<&str> = catalogue.iter().map(|claim| claim.about().id).collect();
    assert_eq!(ids(&value), expected);
    assert_eq!(value["crate"], "equibayes");
}

#[test]
fn json_has_the_fixed_shape() {
    let run = json(&["verify", "--cases", "16", "--seed", "3", "--exact", "--json", "-"]);
    assert_eq!(run["crate"], "equibayes");
    assert_eq!(run["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!((run["seed"].as_u64(), run["cases"].as_u64()), (Some(3), Some(16)));
    assert_eq!(run["verdict"], "holds");
    let ids = ids(&run);
    for claim in run["claims"].as_array().unwrap() {
        let id = claim["id"].as_str().unwrap();
        let role = claim["role"].as_str().unwrap();
        assert!(["theorem", "bound", "control"].contains(&role), "{id}: {role}");
        assert!(!claim["title"].as_str().unwrap().is_empty(), "{id}");
        let evidence = claim["evidence"].as_str().unwrap();
        assert!(["exact", "enclosed", "float", "statistical"].contains(&evidence), "{id}");
        assert!((1..=16).contains(&claim["cases"].as_u64().unwrap()), "{id}");
        assert_eq!(claim["verdict"], "holds", "{id}");
        assert!(claim["seconds"].as_f64().unwrap() >= 0.0, "{id}");
        // A statistical claim says what it declared; its n does not depend on the number of cases.
        let statistical = &claim["statistical"];
        assert_eq!(statistical.is_null(), evidence != "statistical", "{id}");
        if evidence == "statistical" {
            let number = |field: &str| statistical[field].as_f64().unwrap();
            assert!(number("alpha") > 0.0 && number("alpha") <= 1e-6, "{id}");
            assert!(
                number("n") >= 100.0 && number("power") > 0.999 && number("power") <= 1.0,
                "{id}"
            );
        }
        for rate in claim["rates"].as_array().unwrap() {
            let number = |value: &Value| value.as_f64().unwrap();
            let (low, high) = (number(&rate["interval"][0]), number(&rate["interval"][1]));
            assert!(low <= number(&rate["slope"]) && number(&rate["slope"]) <= high, "{id}");
            let allowance = number(&rate["allowance"]);
            let expected = number(&rate["expected"]);
            let within = low - allowance <= expected && expected <= high + allowance;
            assert_eq!(within, role != "control", "{id}: {expected} in [{low}, {high}]");
        }
        // A number, and a finite one.
        let worst = claim["worst"].as_f64().unwrap();
        let tightness = &claim["tightness"];
        assert!(tightness.is_null() || role == "bound", "{id}");
        assert!(tightness.as_f64().is_none_or(|t| (0.0..=1.0).contains(&t)), "{id}: {tightness}");
        if role == "control" {
            assert!(worst >= 1e3 && worst.is_finite(), "{id}: {worst}");
            let of = claim["of"].as_str().unwrap();
            assert!(ids.contains(&of), "{id} belongs to {of}, which is not listed");
            assert!(!claim["witness"].as_str().unwrap().is_empty(), "{id}");
        } else {
            assert!((0.0..=1.0).contains(&worst), "{id}: {worst}");
            assert!(claim["of"].is_null() && claim["witness"].is_null(), "{id}");
        }
    }
}

#[test]
fn a_single_case_still_shows_every_control() {
    for seed in ["1", "2", "3"] {
        let run = json(&["verify", "--cases", "1", "--seed", seed, "--json", "-"]);
        assert_eq!((run["verdict"].as_str(), run["cases"].as_u64()), (Some("holds"), Some(1)));
    }
}

#[test]
fn the_same_seed_gives_the_same_json_at_any_number_of_threads() {
    let run = |threads: &str, seed: &str| {
        without_times(json(&[
            "verify",
            "--cases",
            "70",
            "--seed",
            seed,
            "--threads",
            threads,
            "--json",
            "-",
        ]))
    };
    let one = run("1", "5");
    assert_eq!(one, run("2", "5"));
    assert_eq!(one, run("7", "5"));
    // The seed means something.
    let mut other = run("2", "6");
    other["seed"] = 5.into();
    assert_ne!(one["claims"], other["claims"]);
}

#[test]
fn plain_equibayes_is_verify() {
    let arguments = ["--cases", "3", "--seed", "9", "--json", "-", "A3"];
    let plain = without_times(json(&arguments));
    let mut named = vec!["verify"];
    named.extend(arguments);
    assert_eq!(plain, without_times(json(&named)));
    // The flags that all commands have may also stand in front.
    assert_eq!(
        plain,
        without_times(json(&["--seed", "9", "--json", "-", "verify", "--cases", "3", "A3"]))
    );
    assert_eq!(plain["cases"], 3);
}

#[test]
fn a_number_chooses_its_claims_only() {
    let listed = |selector: &str| json(&["verify", "--list", "--json", "-", selector]);
    let all = json(&["verify", "--list", "--json", "-"]);
    // S1 is not S10: no id of another number, and all of its own.
    for id in ids(&all) {
        let number = id.split('.').next().unwrap();
        let value = listed(number);
        let chosen = ids(&value);
        assert!(chosen.contains(&id));
        assert!(chosen.iter().all(|other| other.split('.').next() == Some(number)), "{chosen:?}");
        let chapter = listed(&number[..1]);
        assert!(ids(&chapter).iter().all(|other| other.starts_with(&number[..1])));
    }
    for prefix in ["A3.", "3", "A33", "AA", "a3"] {
        refused(&["verify", prefix]);
    }
}

#[test]
fn quiet_says_nothing_but_still_writes_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, page) = (path("run.json"), path("run.html"));
    let arguments = ["verify", "A3", "--cases", "2", "--quiet", "--json", &file, "--html", &page];
    assert_eq!(succeeds(&arguments), "");
    let run: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(run["cases"], 2);
    assert!(fs::read_to_string(&page).unwrap().ends_with("</html>\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(succeeds(&["--list", "--quiet"]), "");
    // JSON on standard output is not for reading by people: it stays.
    assert_eq!(json(&["A3", "--cases", "2", "--quiet", "--json", "-"])["cases"], 2);
}

#[test]
fn a_json_file_comes_with_the_text_and_replaces_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.json");
    fs::write(&file, "old").unwrap();
    let shown = succeeds(&["A3", "--cases", "2", "--json", file.to_str().unwrap()]);
    assert!(shown.contains("A3") && shown.contains("\nholds: "), "{shown}");
    assert!(!shown.contains('\u{1b}'), "colour where there is no terminal: {shown}");
    assert!(serde_json::from_str::<Value>(&fs::read_to_string(&file).unwrap()).is_ok());
}

/// The names of the tags of a page, checked to be balanced, with attributes in double quotes.
fn balanced_tags(page: &str) -> Vec<String> {
    const VOID: [&str; 2] = ["meta", "br"];
    let body = page.strip_prefix("<!DOCTYPE html>\n").expect("a doctype");
    let (head, rest) = body.split_once("<style>").unwrap();
    let (style, tail) = rest.split_once("</style>").unwrap();
    assert!(!style.contains('<'));
    let markup = format!("{head}<style></style>{tail}");
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    for piece in markup.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("every tag ends");
        assert!(!text.contains('>'), "a bare '>': {text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed in the wrong order");
            continue;
        }
        assert!(tag.matches('"').count().is_multiple_of(2), "quotes in <{tag}>");
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "<{tag}>");
        if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name.clone());
        }
        seen.push(name);
    }
    assert_eq!(open, Vec::<String>::new(), "never closed");
    seen
}

#[test]
fn the_page_is_well_formed_and_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.html");
    let seed = "20260703";
    succeeds(&["--cases", "16", "--seed", seed, "--quiet", "--html", file.to_str().unwrap()]);
    let page = fs::read_to_string(Path::new(&file)).unwrap();
    let tags = balanced_tags(&page);
    let count = |name: &str| tags.iter().filter(|tag| *tag == name).count();
    for foreign in ["script", "link", "img", "iframe", "object", "embed", "base"] {
        assert_eq!(count(foreign), 0, "<{foreign}>");
    }
    let namespaces = ["http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2000/svg"];
    let rest = namespaces.iter().fold(page.clone(), |page, allowed| page.replace(allowed, ""));
    for reference in ["http:", "https:", "//", "url(", "@import", "src=", "file:"] {
        assert!(!rest.contains(reference), "{reference}");
    }
    // Every claim is there, linked to, with its histogram and the command that reproduces it.
    let catalogue = equibayes::claim::catalogue();
    for claim in &catalogue {
        let about = claim.about();
        assert!(page.contains(&format!("id=\"{}\"", about.id)), "{}", about.id);
    }
    // Formulas are set as such, in statements at least.
    assert!(count("math") > catalogue.len() / 2, "{} formulas", count("math"));
    let positives = catalogue.iter().filter(|claim| claim.about().of.is_none()).count();
    assert_eq!(count("article"), positives);
    // A statistical claim is one test, which has no spread.
    let statistical =
        catalogue.iter().filter(|claim| claim.about().of.is_none() && claim.design().is_some());
    assert_eq!(page.matches("class=\"histogram\"").count() + statistical.count(), positives);
    assert_eq!(page.matches("class=\"tightness\"").count(), 1);
    assert!(page.matches("class=\"rate\"").count() >= 4);
    assert_eq!(page.matches("<code>equibayes verify ").count(), positives);
    for said in [seed, "rustc 1.", "catalogue, checkpoint, cli", "Every claim holds"] {
        assert!(page.contains(said), "{said}");
    }
    let mut anchors: Vec<&str> =
        page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let all = anchors.len();
    anchors.sort_unstable();
    anchors.dedup();
    assert_eq!(anchors.len(), all, "an id is used twice");
    for link in page.split("href=\"#").skip(1) {
        assert!(anchors.contains(&link.split('"').next().unwrap()));
    }
}
