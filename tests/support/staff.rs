//! Operators as they are added, with all that nobody else may learn.

use uuid::Uuid;
use yihao::base::Secret;
use yihao::operator::{self, NewOperator, Role, Roles};

use super::House;
use super::operator::citizen_id;

#[derive(Clone, Debug)]
pub struct Staff {
    pub id: Uuid,
    pub name: String,
    pub password: String,
    /// Their own, as a citizen.
    pub number: String,
}

impl House {
    pub async fn staff(&self, roles: &[Role]) -> Staff {
        self.staff_who(roles, true).await
    }

    /// Nobody has said yet which citizen they are.
    pub async fn staff_unknown(&self, roles: &[Role]) -> Staff {
        self.staff_who(roles, false).await
    }

    async fn staff_who(&self, roles: &[Role], known: bool) -> Staff {
        let secret = self.app.chance.below(100_000_000);
        let (name, password) = (format!("staff-{secret}"), format!("海鸥-{secret}-harbour"));
        let number = citizen_id();
        let new = NewOperator {
            name: Secret::new(name.as_str()),
            roles: Roles::of(roles).expect("a role"),
            region: Some("440100".to_owned()),
            department: None,
            number: known.then(|| number.clone().into()),
            password: self.app.hasher.hash(Secret::new(password.as_str())).await.expect("a hash"),
        };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let id = operator::add(&mut tx, &self.app.keys.data(), &self.visit(), &new).await.expect("added");
        tx.commit().await.expect("it is kept");
        Staff { id, name, password, number: number.as_str().to_owned() }
    }
}
