//! Where a place's name may be broken: Chinese has no spaces, and browsers break it inside a word.

/// What ends a part of an address or of an office's name.
const ENDS: [&str; 12] = ["省", "市", "自治州", "区", "县", "镇", "街道", "中心", "大厅", "局", "楼", "层"];
/// What ends none although it begins like that: 市场, 区域.
const WORDS: [(&str, &str); 2] = [("市", "场"), ("区", "域")];

/// The parts of a name, in their order: together they are the name.
pub fn phrases(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(end_of_first(rest));
        parts.push(part);
        rest = after;
    }
    parts
}

/// Behind an end and before a number. A single sign does not stand alone.
fn end_of_first(name: &str) -> usize {
    let may_break = |at: usize| {
        let (before, after) = name.split_at(at);
        let ended = ENDS.iter().any(|end| before.ends_with(end));
        let in_a_word = WORDS.iter().any(|(one, other)| before.ends_with(one) && after.starts_with(other));
        let number =
            after.starts_with(|c: char| c.is_ascii_digit()) && !before.ends_with(|c: char| c.is_ascii());
        (ended && !in_a_word || number) && after.chars().nth(1).is_some()
    };
    name.char_indices().skip(2).map(|(at, _)| at).find(|at| may_break(*at)).unwrap_or(name.len())
}

#[cfg(test)]
mod tests {
    use super::phrases;

    #[test]
    fn a_place_breaks_between_its_parts() {
        let table: [(&str, &[&str]); 8] = [
            ("天河区政务服务中心1号自助终端", &["天河区", "政务服务中心", "1号自助终端"]),
            (
                "广东省广州市越秀区北京街道办事大厅12号窗口",
                &["广东省", "广州市", "越秀区", "北京街道", "办事大厅", "12号窗口"],
            ),
            ("连南瑶族自治县三江镇便民服务站", &["连南瑶族自治县", "三江镇", "便民服务站"]),
            ("广州市市场监督管理局一楼", &["广州市", "市场监督管理局", "一楼"]),
            ("Service Centre 3", &["Service Centre 3"]),
            ("区", &["区"]),
            ("开发区域", &["开发区域"]),
            ("", &[]),
        ];
        for (name, parts) in table {
            assert_eq!(phrases(name), parts, "{name}");
        }
    }
}
