//! The formats of other tools: what they demand is there, whatever was recorded.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use socklab_event::{Bytes, Timeline, What};
use socklab_flows::Flows;
use socklab_say::{Language, Speaker};
use socklab_timelines::{Sock, Story, any_timeline, scenes};

fn chrome(timeline: &Timeline) -> Value {
    let bytes = socklab_export::chrome_trace(&Flows::of(timeline), Speaker::ENGLISH);
    serde_json::from_slice(&bytes).expect("as the format says")
}

fn har(timeline: &Timeline) -> Option<Value> {
    let bytes = socklab_export::http_archive(&Flows::of(timeline), Speaker::ENGLISH)?;
    let archive: Value = serde_json::from_slice(&bytes).expect("as the format says");
    check_har(&archive);
    Some(archive)
}

/// What "Trace Event Format" demands of each kind of event.
fn check_chrome(trace: &Value) {
    let events = trace["traceEvents"].as_array().expect("as the format says");
    let mut open: Vec<(u64, f64)> = Vec::new();
    for event in events {
        assert!(event["name"].is_string(), "{event}");
        assert!(event["pid"].is_u64() && event["tid"].is_u64(), "{event}");
        let number = |name: &str| event[name].as_f64().filter(|number| *number >= 0.0);
        match event["ph"].as_str().expect("as the format says") {
            "M" => assert!(event["args"].is_object()),
            "X" => assert!(number("ts").is_some() && number("dur").is_some(), "{event}"),
            "i" => assert!(number("ts").is_some() && event["s"].is_string(), "{event}"),
            "s" => open.push((
                event["id"].as_u64().expect("as the format says"),
                number("ts").expect("as the format says"),
            )),
            "f" => {
                assert_eq!(event["bp"], "e");
                let (id, began) = open.pop().expect("as the format says");
                assert_eq!(event["id"].as_u64(), Some(id));
                assert!(number("ts").expect("as the format says") >= began, "{event}");
            }
            other => panic!("{other}"),
        }
    }
    assert!(open.is_empty());
}

/// The fields that HAR 1.2 does not call optional, and what they must be.
fn check_har(archive: &Value) {
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    assert!(log["creator"]["name"].is_string() && log["creator"]["version"].is_string());
    for entry in log["entries"].as_array().expect("as the format says") {
        let date = entry["startedDateTime"].as_str().expect("as the format says");
        assert!(date.len() == 27 && date.ends_with('Z') && &date[10..11] == "T", "{date}");
        let timings = &entry["timings"];
        let parts = ["blocked", "dns", "connect", "send", "wait", "receive"];
        let sum: f64 = parts
            .map(|part| timings[part].as_f64().expect("as the format says").max(0.0))
            .iter()
            .sum();
        assert!(
            (entry["time"].as_f64().expect("as the format says") - sum).abs() < 1e-6 * sum.max(1.0),
            "{entry}"
        );
        for part in ["send", "wait", "receive"] {
            assert!(timings[part].as_f64().expect("as the format says") >= 0.0, "{entry}");
        }
        assert!(entry["cache"].is_object());
        let (request, response) = (&entry["request"], &entry["response"]);
        for (message, texts) in [
            (request, &["method", "url", "httpVersion"][..]),
            (response, &["statusText", "httpVersion", "redirectURL"]),
        ] {
            for text in texts {
                assert!(message[text].is_string(), "{text} in {message}");
            }
            for list in ["cookies", "headers"] {
                for pair in message[list].as_array().expect("as the format says") {
                    assert!(pair["name"].is_string() && pair["value"].is_string());
                }
            }
            for size in ["headersSize", "bodySize"] {
                assert!(message[size].as_i64().expect("as the format says") >= -1, "{message}");
            }
        }
        assert!(request["queryString"].is_array());
        assert!(response["status"].is_u64());
        let content = &response["content"];
        assert!(content["size"].is_i64() && content["mimeType"].is_string(), "{content}");
    }
}

/// What each end says in turn: `true` for the client.
fn talk(turns: &[(bool, &str)]) -> Timeline {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let all = |ends: [Sock; 2], story: &mut Story, text: &str| {
        story.send(ends[0], text);
        story.recv(ends[1], text);
    };
    for (client, text) in turns {
        let ends = if *client { [near, far] } else { [far, near] };
        all(ends, &mut story, text);
    }
    story.close(near);
    story.build()
}

/// Method, URL, status and text of each entry.
fn told(archive: &Value) -> Vec<(String, String, u64, String)> {
    let entries = archive["log"]["entries"].as_array().expect("as the format says").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .map(|entry| {
            let (request, response) = (&entry["request"], &entry["response"]);
            let status = response["status"].as_u64().expect("as the format says");
            let body = text(&response["content"]["text"]);
            (text(&request["method"]), text(&request["url"]), status, body)
        })
        .collect()
}

#[test]
fn requests_are_paired_with_their_responses_on_one_connection() {
    let archive = har(&talk(&[
        (true, "GET /a?x=1&y HTTP/1.1\r\nHost: here\r\nCookie: a=b; c=d\r\n\r\n"),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nhola"),
        (true, "HEAD /b HTTP/1.1\r\nHost: here\r\n\r\n"),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
        (true, "POST /c HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"),
        (false, "HTTP/1.1 100 Continue\r\n\r\n"),
        (true, "abc"),
        (false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhola\r\n3;x=y\r\n!!!\r\n0\r\n\r\n"),
        // Two at once, and their answers in one piece.
        (true, "GET /d HTTP/1.1\r\nHost: here\r\n\r\nGET /e HTTP/1.1\r\nHost: here\r\n\r\n"),
        (false, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"),
        (true, "GET http://there/f HTTP/1.0\r\n\r\n"),
        (false, "HTTP/1.0 200 OK\r\n\r\nuntil the end"),
    ]))
    .unwrap();
    let all = [
        ("GET", "http://here/a?x=1&y", 200, "hola"),
        ("HEAD", "http://here/b", 200, ""),
        ("POST", "http://here/c", 200, "hola!!!"),
        ("GET", "http://here/d", 204, ""),
        ("GET", "http://here/e", 404, "no"),
        ("GET", "http://there/f", 200, "until the end"),
    ];
    let all = all.map(|(method, url, status, body)| {
        (method.to_owned(), url.to_owned(), status, body.to_owned())
    });
    assert_eq!(told(&archive), all);
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries[0]["request"]["cookies"][1]["name"], "c");
    assert_eq!(entries[0]["request"]["queryString"][0]["value"], "1");
    assert_eq!(entries[2]["request"]["postData"]["text"], "abc");
    assert!(entries[2]["comment"].as_str().unwrap().contains("100"));
    assert!(entries[0]["timings"]["connect"].as_f64().unwrap() >= 0.0);
    assert_eq!(entries[1]["timings"]["connect"], -1, "the connection was there already");
}

#[test]
fn what_is_missing_is_said_and_never_joined() {
    let mut timeline = talk(&[
        (true, "GET / HTTP/1.1\r\nHost: here\r\n\r\n"),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"),
        (true, "GET /2 HTTP/1.1\r\nHost: here\r\n\r\n"),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01"),
        (true, "GET /3 HTTP/1.1\r\nHost: here\r\n\r\n"),
    ]);
    for event in &mut timeline.events {
        if let What::Call(call) = &mut event.what
            && let socklab_event::Args::Send { bytes, .. } | socklab_event::Args::Recv { bytes, .. } =
                &mut call.args
        {
            bytes.cut(42);
        }
    }
    let archive = har(&timeline).unwrap();
    let entries = archive["log"]["entries"].as_array().unwrap();
    let content = |index: usize| &entries[index]["response"]["content"];
    assert_eq!((&content(0)["text"], &content(0)["size"]), (&"012".into(), &10.into()));
    assert!(content(0)["comment"].as_str().unwrap().starts_with("7 bytes"));
    assert!(content(1)["comment"].as_str().unwrap().contains("8 bytes that were announced"));
    assert_eq!(entries[2]["response"]["status"], 0);
    assert!(entries[2]["comment"].as_str().unwrap().contains("No response"));
}

#[test]
fn bytes_that_are_no_text_are_base64() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    story.recv(far, "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    let body = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\x00";
    story.send(far, body);
    story.recv(near, body);
    let archive = har(&story.build()).unwrap();
    let content = &archive["log"]["entries"][0]["response"]["content"];
    assert_eq!((&content["encoding"], &content["text"]), (&"base64".into(), &"/wA=".into()));
}

#[test]
fn what_is_no_http_makes_no_archive() {
    for timeline in [scenes::upper_tcp(), scenes::upper_udp(), Timeline::default()] {
        assert!(har(&timeline).is_none());
    }
    let timeline = talk(&[(true, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]);
    assert!(har(&timeline).is_none());
}

#[test]
fn a_time_that_is_not_known_is_said_to_be_so() {
    let mut timeline = scenes::http();
    timeline.header.epoch = 0;
    let archive = har(&timeline).unwrap();
    assert!(archive["log"]["comment"].as_str().unwrap().contains("1970"));
    timeline.header.epoch = 1_790_000_000_000_000_000;
    let archive = har(&timeline).unwrap();
    let date = &archive["log"]["entries"][0]["startedDateTime"];
    assert!(date.as_str().unwrap().starts_with("2026-09-21T"), "{date}");
}

#[test]
fn a_trace_has_calls_arrows_and_packets() {
    let trace = chrome(&scenes::wired());
    check_chrome(&trace);
    let events = trace["traceEvents"].as_array().unwrap();
    let count = |phase: &str, category: &str| {
        let is = |event: &&Value| {
            let has = event["cat"].as_str().is_some_and(|one| one.contains(category));
            event["ph"] == phase && has
        };
        events.iter().filter(is).count()
    };
    assert!(count("X", "socket") > 5 && count("i", "packet") > 5 && count("i", "lost") > 0);
    assert!(count("s", "bytes") > 0 && count("s", "") == count("f", ""));
    let names: Vec<&str> = events.iter().filter_map(|event| event["name"].as_str()).collect();
    for name in ["process_name", "thread_name", "connect", "recv"] {
        assert!(names.contains(&name), "{name}");
    }
    let spanish = Speaker::new(Language::find("es").unwrap());
    let bytes = socklab_export::chrome_trace(&Flows::of(&scenes::wired()), spanish);
    assert!(String::from_utf8(bytes).unwrap().contains("hilo principal"));
}

proptest::proptest! {
    /// Whatever was recorded.
    #[test]
    fn every_timeline_can_be_exported(timeline in any_timeline(60)) {
        check_chrome(&chrome(&timeline));
        let _ = har(&timeline);
    }

    /// Whatever two ends say, in whatever pieces, and however little of it was kept.
    #[test]
    fn whatever_looks_like_http_can_be_archived(
        parts in proptest::collection::vec((proptest::bool::ANY, 0usize..14, 0usize..60), 0..14),
    ) {
        const WORDS: [&[u8]; 14] = [
            b"GET / HTTP/1.1\r\n", b"Host: a\r\n", b"\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 101 X\r\n\r\n",
            b"Content-Length: 5\r\n\r\n", b"Content-Length: 99999999999999999999\r\n\r\n",
            b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n",
            b"ffffffffffffffff\r\n", b"HEAD / HTTP/1.1\r\n\r\n", b"\xff\x00\x80", b"GET / HTTP/1.1\r\n\r\n",
        ];
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        for (client, word, _) in &parts {
            story.send(if *client { near } else { far }, WORDS[*word]);
        }
        let mut timeline = story.build();
        let mut keep = parts.iter().map(|(_, _, keep)| *keep);
        for event in &mut timeline.events {
            if let What::Call(call) = &mut event.what
                && let socklab_event::Args::Send { bytes, .. } = &mut call.args
            {
                let all = Bytes { total: bytes.total, sample: bytes.sample.clone() };
                *bytes = all;
                bytes.cut(keep.next().unwrap_or(9));
            }
        }
        let _ = har(&timeline);
    }
}
