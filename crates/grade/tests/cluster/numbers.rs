//! Numbers that a kernel gives out, and the clock, don't change a form.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use socklab_event::{Event, Timeline};
use socklab_grade::CaseState;
use socklab_grade::cluster::{Evidence, observe};
use socklab_timelines::{any_timeline, recorded};

/// From here on a port is one that the kernel chose.
const CHOSEN: u16 = 32768;

/// Other numbers for everything that the kernel numbers.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    processes: u32,
    descriptors: i64,
    ports: u16,
    inodes: u64,
    /// Times are stretched, and moved.
    slower: u64,
    later: u64,
}

impl Numbers {
    fn change(self, timeline: &Timeline) -> Timeline {
        let first = timeline.events.iter().map(|event| event.at).min().unwrap_or(0);
        let changed = timeline.events.iter().map(|event| {
            let mut value = serde_json::to_value(event).unwrap();
            self.value(&mut value, first);
            serde_json::from_value::<Event>(value).unwrap()
        });
        Timeline { header: timeline.header.clone(), events: changed.collect() }
    }

    fn value(self, value: &mut Value, first: u64) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(|value| self.value(value, first)),
            Value::Object(fields) => {
                let creates = fields.get("args").and_then(|args| args["kind"].as_str());
                let creates = matches!(creates, Some("socket" | "accept" | "dup"));
                for (key, value) in fields.iter_mut() {
                    self.field(key, value, first);
                    if creates
                        && key == "outcome"
                        && let Some(fd) = value.get("value").and_then(Value::as_i64)
                    {
                        value["value"] = (fd + self.descriptors).into();
                    }
                    self.value(value, first);
                }
            }
            _ => {}
        }
    }

    fn field(self, key: &str, value: &mut Value, first: u64) {
        let Some(number) = value.as_u64() else {
            if let Some(text) = value.as_str()
                && let Some((host, port)) = text.rsplit_once(':')
                && let Ok(port) = port.parse::<u16>()
                && port >= CHOSEN
            {
                let moved = CHOSEN + (port - CHOSEN).wrapping_add(self.ports) % CHOSEN;
                *value = format!("{host}:{moved}").into();
            }
            return;
        };
        *value = match key {
            "process" | "thread" | "parent" => (number + u64::from(self.processes)).into(),
            "fd" => (number.cast_signed() + self.descriptors).into(),
            "port" if number >= u64::from(CHOSEN) => {
                let moved =
                    (number - u64::from(CHOSEN) + u64::from(self.ports)) % u64::from(CHOSEN);
                (u64::from(CHOSEN) + moved).into()
            }
            "inode" | "peer_inode" => (number + self.inodes).into(),
            "at" | "began" | "ended" => {
                ((number.saturating_sub(first)) * self.slower + self.later).into()
            }
            _ => return,
        };
    }
}

fn numbers() -> impl Strategy<Value = Numbers> {
    (1..100_000_u32, 0..500_i64, 0..CHOSEN, 1..1_000_000_u64, 1..50_u64, 0..1_u64 << 50).prop_map(
        |(processes, descriptors, ports, inodes, slower, later)| Numbers {
            processes,
            descriptors,
            ports,
            inodes,
            slower,
            later,
        },
    )
}

fn form(timeline: &Timeline) -> String {
    let mut forms = BTreeMap::new();
    for column in &timeline.header.columns {
        let submission = &[column.label.as_str()];
        let (case, state) = ("case", CaseState::Failed);
        let evidence = Evidence { case, state, timeline, submission, harm: None };
        forms.insert(column.label.clone(), observe(&evidence).case);
    }
    serde_json::to_string(&forms).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn numbers_and_times_don_t_change_a_form(
        numbers in numbers(),
        name in prop::sample::select(vec!["threaded", "upper-tcp", "upper-udp", "http", "split"]),
    ) {
        let mut timeline = recorded(name);
        for (index, column) in timeline.header.columns.iter_mut().enumerate() {
            column.label = format!("command {index}");
        }
        let before = form(&timeline);
        prop_assert!(before.contains("sends"), "{before}");
        prop_assert_eq!(form(&numbers.change(&timeline)), before);
    }

    #[test]
    fn no_timeline_makes_it_panic(timeline in any_timeline(40)) {
        form(&timeline);
    }
}
