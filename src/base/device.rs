//! What a browser is, in words its owner knows: nothing by which one browser is told from another.

/// Coarse: the maker's name of the browser and of the system. Empty where the header says neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    browser: &'static str,
    system: &'static str,
}

/// Sign in the header, name; the first that fits. Browsers imitate each other, so the imitators come first.
const BROWSERS: [(&str, &str); 18] = [
    ("MicroMessenger/", "微信"),
    ("AlipayClient/", "支付宝"),
    ("DingTalk/", "钉钉"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("HuaweiBrowser/", "Huawei"),
    ("MiuiBrowser/", "MIUI"),
    ("SamsungBrowser/", "Samsung"),
    ("QQBrowser/", "QQ"),
    ("UCBrowser/", "UC"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("ArkWeb/", "ArkWeb"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 9] = [
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

impl Device {
    /// Of the header `User-Agent`, which is not kept.
    pub fn of(user_agent: &str) -> Self {
        let first = |names: &[(&str, &'static str)]| {
            names.iter().find(|(sign, _)| user_agent.contains(sign)).map_or("", |(_, name)| name)
        };
        Self { browser: first(&BROWSERS), system: first(&SYSTEMS) }
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.browser, self.system) {
            ("", only) | (only, "") => f.write_str(only),
            (browser, system) => write!(f, "{browser} · {system}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_from_those_they_imitate() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (header, label) in [
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/131.0 Safari/537.36"), "Chrome · Windows"),
            (format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/131.0 Safari/537.36 Edg/131.0"), "Edge · Windows"),
            (format!("Mozilla/5.0 (Linux; Android 14) {webkit} Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0"), "微信 · Android"),
            (format!("Mozilla/5.0 (Phone; OpenHarmony 5.0) {webkit} Chrome/114.0 Safari/537.36 ArkWeb/4.1"), "ArkWeb · HarmonyOS"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1".into(), "Safari · iPhone"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0".into(), "Firefox · Linux"),
            ("curl/8.5.0".into(), ""),
            ("<script> Windows".into(), "Windows"),
        ] {
            assert_eq!(Device::of(&header).to_string(), label, "{header}");
        }
    }
}
