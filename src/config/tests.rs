use crate::app::plugin::Settings;
use crate::plugins::bundled;

use super::*;

fn given(settings: &[(&str, &str)]) -> Given {
    let place = "the file x".to_owned();
    let all = settings.iter();
    Given {
        own: all
            .map(|(name, text)| ((*name).to_owned(), ((*text).to_owned(), place.clone())))
            .collect(),
        plugins: Settings::default(),
    }
}

fn config(settings: &[(&str, &str)]) -> Result<Config, String> {
    let given = given(settings);
    let config = Config::parse(&given, &bundled()).map_err(|error| error.to_string())?;
    config.check(&given).map_err(|error| error.to_string())?;
    Ok(config)
}

fn refusal(settings: &[(&str, &str)]) -> String {
    config(settings).unwrap_err()
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn the_defaults_are_those_of_the_help_text() {
    let config = config(&[]).unwrap();
    assert_eq!(config.address().to_string(), "127.0.0.1:3000");
    assert_eq!(config.data_dir, Path::new("./data"));
    assert!(!config.secure_cookies());
    assert!(config.allowed_origins().is_empty());
    assert!(config.external_database().is_none());
    assert_eq!(config.time_zone.zone().name(), "UTC");
    for setting in SETTINGS {
        assert!(help().contains(setting.name), "{}", setting.name);
        assert!(help().contains(setting.help), "{}", setting.name);
    }
}

#[test]
fn a_bad_value_is_told_with_its_name_and_place_but_not_itself() {
    for (name, text) in [
        ("PORT", "65536"),
        ("CRM_HOST", "example.org"),
        ("CRM_ENV", "prod"),
        ("DATABASE_URL", "postgres://u:hunter2@h:port/x"),
        ("CRM_DATABASE_POOL", "0"),
        ("CRM_ALLOW_UNSAFE_DATABASE", "yes"),
        ("CRM_TIME_ZONE", "Middle-earth/Hobbiton"),
        ("CRM_ADMIN_EMAIL", "nobody"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
        ("JWT_SECRET", "hunter2"),
        (
            "JWT_REFRESH_SECRET",
            "your_secure_refresh_secret_here_and_longer",
        ),
        ("CRM_JWT_KEYS", r#"[{"kid": "a", "key": "hunter2""#),
        ("CRM_JWT_KEYS", r#"[{"kid": "a", "hunter2": "x"}]"#),
        ("CRM_REFRESH_KEYS", r#"["hunter2"]"#),
        (
            "CRM_REFRESH_KEYS",
            r#"[{"kid": "a", "key": "x", "alg": "hunter2"}]"#,
        ),
        ("FRONTEND_URL", "https://x.org/path"),
        ("CORS_ORIGIN", "https://x.org,*"),
        ("CRM_LOG", "a=b=c"),
        ("CRM_LOG_FORMAT", "xml"),
    ] {
        let message = refusal(&[(name, text)]);
        let start = format!("{name} in the file x ");
        assert!(message.starts_with(&start), "{message}");
        assert!(
            !message.contains("hunter2") && !message.contains('\n'),
            "{message}"
        );
    }
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    let alone = refusal(&[("CRM_ADMIN_EMAIL", "a@example.org")]);
    assert!(alone.starts_with("CRM_ADMIN_EMAIL in the file x is given alone"));
    let both = refusal(&[("JWT_SECRET", SECRET), ("CRM_JWT_KEYS", "keys.json")]);
    assert!(both.starts_with("CRM_JWT_KEYS in the file x goes instead of JWT_SECRET"));
    let production = ("CRM_ENV", "production");
    for name in ["FRONTEND_URL", "CORS_ORIGIN"] {
        let message = refusal(&[production, (name, "http://crm.example.org")]);
        assert!(message.contains("https://"), "{message}");
        assert!(config(&[production, (name, "https://crm.example.org")]).is_ok());
    }
}

#[test]
fn cookies_are_insecure_on_loopback_in_development_only() {
    let secure = |settings: &[_]| config(settings).unwrap().secure_cookies();
    assert!(!secure(&[("CRM_HOST", "::1")]));
    assert!(!secure(&[("CRM_HOST", "localhost")]));
    assert!(secure(&[("CRM_HOST", "0.0.0.0")]));
    assert!(secure(&[("CRM_ENV", "production")]));
}

#[test]
fn origins_are_exact_and_each_is_there_once() {
    let origins = config(&[
        ("FRONTEND_URL", "http://localhost:5173"),
        (
            "CORS_ORIGIN",
            "https://a.example, http://localhost:5173,http://[::1]:8080",
        ),
    ]);
    assert_eq!(
        origins.unwrap().allowed_origins(),
        [
            "http://localhost:5173",
            "https://a.example",
            "http://[::1]:8080"
        ]
    );
    for bad in [
        "x.org",
        "ftp://x.org",
        "https://",
        "https://X.org",
        "https://x.org/",
        "https://x.org:443",
        "http://x.org:80",
        "https://x.org:port",
        "https://u@x.org",
        "https://*.x.org",
        "null",
    ] {
        assert!(config(&[("CORS_ORIGIN", bad)]).is_err(), "{bad}");
    }
}

#[test]
fn nothing_shows_a_secret() {
    let config = config(&[("JWT_SECRET", SECRET)]).unwrap();
    assert_eq!(format!("{config:?}"), "Config { .. }");
}

mod keys;
