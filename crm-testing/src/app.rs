//! The whole application on a fresh database, in this process or over TCP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crm_app::plugin::{self, Plugins};
use crm_app::users::NewUser;
use crm_app::{Crm, CrmBuilder, HashCost, SecretKey, Secrets};
use crm_domain::activity::Actor;
use crm_domain::permission::{Catalogue, Permission};
use crm_domain::role::Role;
use crm_domain::user::User;
use crm_http::plugin::{HttpPlugin, together};
use crm_http::server::{self, Bound, Limits};
use crm_http::{Health, MetricsToken, Settings};
use crm_storage::migrate;
use crm_storage::pool::{self, PoolOptions};
use poem::Response;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;

use crate::clock::TestClock;
use crate::contract::Contract;
use crate::database::TestDatabase;
use crate::request::TestRequest;

/// The password of every user that a test makes.
pub const PASSWORD: &str = "correct horse battery";

/// The origin of the application's own pages.
pub const ORIGIN: &str = "http://crm.test";

/// The other origin whose pages may call.
pub const OTHER_ORIGIN: &str = "https://console.test";

/// The whole application on a fresh database, with a clock that stands still.
pub struct TestApp {
    /// The application without HTTP.
    pub crm: Crm,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Its health checks.
    pub health: Health,
    pub(crate) endpoint: Arc<BoxEndpoint<'static, Response>>,
    pub(crate) contract: Arc<Contract>,
    users: AtomicU32,
    // Dropped last: the pool's connections end before their database.
    database: TestDatabase,
}

fn builder(database: &TestDatabase, clock: &Arc<TestClock>, plugins: Plugins) -> CrmBuilder {
    // On a loaded machine a test should be slow rather than fail.
    let patient = PoolOptions {
        acquire_timeout: Duration::from_secs(30),
        ..database.options()
    };
    let pool = pool::connect(&patient).expect("the database has a good address");
    Crm::builder(pool, secrets())
        .clock(Arc::clone(clock) as _)
        .hash_cost(HashCost::ForTests)
        .plugins(plugins)
}

impl TestApp {
    /// The application as it comes.
    pub async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// The application with hooks or settings of the test's own.
    pub async fn with(configure: impl FnOnce(CrmBuilder) -> CrmBuilder) -> Self {
        Self::start(configure, settings(), &[], Plugins::none()).await
    }

    /// The application with plugins, as a server has it that has just started.
    ///
    /// # Panics
    /// When the plugins do not go together.
    pub async fn with_plugins(plugins: &[Arc<dyn HttpPlugin>]) -> Self {
        Self::with_plugin_settings(plugins, &plugin::Settings::default()).await
    }

    /// The application with plugins, and with settings of theirs.
    ///
    /// # Panics
    /// When the plugins do not go together.
    pub async fn with_plugin_settings(
        http_plugins: &[Arc<dyn HttpPlugin>],
        plugin_settings: &plugin::Settings,
    ) -> Self {
        let plugins = together(http_plugins, plugin_settings).expect("the plugins go together");
        Self::start(|builder| builder, settings(), http_plugins, plugins).await
    }

    /// The application as another server has it, with other plugins, which starts on the same database when this one has
    /// stopped. The clock goes on.
    ///
    /// # Panics
    /// When the plugins do not go together.
    pub async fn restarted_with_plugins(self, http_plugins: &[Arc<dyn HttpPlugin>]) -> Self {
        let plugins =
            together(http_plugins, &plugin::Settings::default()).expect("the plugins go together");
        self.crm.stop_plugins().await;
        let Self {
            clock,
            users,
            database,
            ..
        } = self;
        let mut conn = database.connect().await;
        migrate::apply(&mut conn, &plugins.migrations(), |_| {})
            .await
            .expect("the migrations go on from what is there");
        let builder = builder(&database, &clock, plugins);
        Self::run(builder, (database, clock, users), settings(), http_plugins).await
    }

    /// The application with another server's settings.
    pub async fn with_settings(settings: Settings) -> Self {
        Self::start(|builder| builder, settings, &[], Plugins::none()).await
    }

    async fn start(
        configure: impl FnOnce(CrmBuilder) -> CrmBuilder,
        settings: Settings,
        http_plugins: &[Arc<dyn HttpPlugin>],
        plugins: Plugins,
    ) -> Self {
        let database = TestDatabase::create_with(&plugins.migrations()).await;
        let clock = Arc::new(TestClock::new());
        let builder = configure(builder(&database, &clock, plugins));
        let kept = (database, clock, AtomicU32::new(0));
        Self::run(builder, kept, settings, http_plugins).await
    }

    async fn run(
        builder: CrmBuilder,
        (database, clock, users): (TestDatabase, Arc<TestClock>, AtomicU32),
        settings: Settings,
        http_plugins: &[Arc<dyn HttpPlugin>],
    ) -> Self {
        let crm = builder.build();
        // As if a server had been started now: from here on the time of schedules runs.
        crm.jobs()
            .prepare()
            .await
            .expect("the handlers go together");
        crm.start_plugins().await.expect("the plugins start");
        let health = Health::new();
        let endpoint = crm_http::app(crm.clone(), settings, health.clone(), http_plugins)
            .expect("the APIs go together");
        let document = crm_http::document(http_plugins).expect("the APIs go together");
        Self {
            crm,
            clock,
            health,
            endpoint: Arc::new(endpoint),
            contract: Arc::new(Contract::new(document)),
            users,
            database,
        }
    }

    /// The database, for what no use case shows.
    #[must_use]
    pub const fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Does every job that is due by the clock of this application, schedules included, one after the other, until none is;
    /// tells how many were begun. One that fails is due again later.
    ///
    /// # Panics
    /// When the database fails, or jobs make each other without an end.
    pub async fn drain_jobs(&self) -> u64 {
        self.crm.jobs().drain().await.expect("jobs are done")
    }

    /// Makes a user; each has an address of their own.
    pub async fn user(&self, role: Role) -> User {
        let number = self.users.fetch_add(1, Ordering::Relaxed) + 1;
        let new = NewUser {
            name: format!("{role} {number}").parse().expect("a name"),
            email: format!("{role}{number}@crm.test")
                .parse()
                .expect("an address"),
            roles: vec![role.id()],
            teams: vec![],
            password: PASSWORD.to_owned(),
        };
        self.crm
            .users()
            .create(&Actor::system("test"), new)
            .await
            .expect("the user is made")
    }

    /// A client without a token.
    #[must_use]
    pub const fn anonymous(&self) -> Client<'_> {
        Client {
            app: self,
            user: None,
            token: None,
        }
    }

    /// A new user of the role, signed in.
    pub async fn as_role(&self, role: Role) -> Client<'_> {
        let user = self.user(role).await;
        self.sign_in(user).await
    }

    /// A new Admin, signed in.
    pub async fn admin(&self) -> Client<'_> {
        self.as_role(Role::Admin).await
    }

    /// A new Agent, signed in.
    pub async fn agent(&self) -> Client<'_> {
        self.as_role(Role::Agent).await
    }

    /// A client of this user's, signed in.
    pub async fn sign_in(&self, user: User) -> Client<'_> {
        let client = crm_app::auth::Client::default();
        let signed_in = self
            .crm
            .auth()
            .login(user.email.as_str(), PASSWORD.to_owned(), client)
            .await;
        let token = signed_in.expect("the user signs in").access_token;
        Client {
            app: self,
            user: Some(user),
            token: Some(token),
        }
    }

    /// Serves the application over TCP until the test ends.
    pub async fn serve(&self, limits: Limits) -> SocketAddr {
        let listener = server::bind(([127, 0, 0, 1], 0).into())
            .and_then(Bound::listen)
            .expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let endpoint = Arc::clone(&self.endpoint);
        tokio::spawn(server::serve(
            listener,
            endpoint,
            limits,
            std::future::pending(),
        ));
        tokio::task::yield_now().await;
        address
    }
}

/// The permission of the core that has this name.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn permission(name: &str) -> Permission {
    let known = Catalogue::core().permission(name);
    known.expect("the name of a permission")
}

/// The server's settings of every test that brings none of its own.
#[must_use]
pub fn settings() -> Settings {
    Settings {
        allowed_origins: vec![OTHER_ORIGIN.to_owned()],
        console_origin: None,
        secure_cookies: false,
        trusted_proxies: vec![],
        serve_docs: true,
        require_if_match: false,
        pages: None,
        metrics_token: MetricsToken::default(),
    }
}

/// The secrets of every test.
#[must_use]
pub fn secrets() -> Secrets {
    let key = |byte| SecretKey::new(vec![byte; 32]).expect("32 bytes");
    Secrets::single(key(1), key(2))
}

/// Somebody who calls the application.
#[derive(Clone)]
pub struct Client<'a> {
    pub(crate) app: &'a TestApp,
    user: Option<User>,
    pub(crate) token: Option<String>,
}

impl<'a> Client<'a> {
    /// The user who is signed in.
    #[must_use]
    pub fn user(&self) -> &User {
        self.user.as_ref().expect("the client is signed in")
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("the client is signed in")
    }

    /// The actor that stands for this client in use cases.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::user(self.user().id)
    }

    /// The same client with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same client without a token.
    #[must_use]
    pub fn without_token(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// Begins a request.
    #[must_use]
    pub fn request(&self, method: Method, path: &str) -> TestRequest<'a> {
        TestRequest::new(self, method, path)
    }

    /// Begins a GET.
    #[must_use]
    pub fn get(&self, path: &str) -> TestRequest<'a> {
        self.request(Method::GET, path)
    }

    /// Begins a POST.
    #[must_use]
    pub fn post(&self, path: &str) -> TestRequest<'a> {
        self.request(Method::POST, path)
    }

    /// Begins a PATCH.
    #[must_use]
    pub fn patch(&self, path: &str) -> TestRequest<'a> {
        self.request(Method::PATCH, path)
    }

    /// Begins a DELETE.
    #[must_use]
    pub fn delete(&self, path: &str) -> TestRequest<'a> {
        self.request(Method::DELETE, path)
    }
}
