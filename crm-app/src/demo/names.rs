//! Who the demo leads are: names, companies, addresses, numbers.
//!
//! Addresses end in `.example` and numbers come from the ranges that regulators keep for films, so that no demo
//! ever reaches a real person.

use fastrand::Rng;

const NAMES: u32 = 20;
const CULTURES: u32 = 12;
const FIRST_PARTS: u32 = 64;
const SECOND_PARTS: u32 = 40;

/// How many different people there are.
pub(super) const PEOPLE: u32 = CULTURES * NAMES * NAMES * FIRST_PARTS * SECOND_PARTS;

/// Names of one part of the world. `Łukasz|lukasz`: as written, and as it stands in an address.
struct Culture {
    first: [&'static str; NAMES as usize],
    last: [&'static str; NAMES as usize],
    family_first: bool,
    /// The number, in which `x` is a digit.
    phone: &'static str,
}

// Ranges for films: Ofcom (UK), NANPA 555-01xx (US), Bundesnetzagentur 030 23125, ARCEP 01 99 00, PTS 08-465 004,
// ACMA 02 5550.
#[rustfmt::skip]
const WORLD: [Culture; CULTURES as usize] = [
    Culture {
        first: ["Olivia", "James", "Charlotte", "William", "Amelia", "Henry", "Evelyn", "Theodore", "Harper", "Jack", "Abigail", "Daniel", "Emily", "Samuel", "Grace", "Thomas", "Alice", "Edward", "Lucy", "Arthur"],
        last: ["Smith", "Johnson", "Williams", "Brown", "Taylor", "Davies", "Evans", "Walker", "Wright", "Robinson", "Thompson", "Hughes", "Edwards", "Green", "Lewis", "O'Brien|obrien", "Clarke", "Patterson", "Cooper", "Bennett"],
        family_first: false, phone: "+44 7700 900xxx",
    },
    Culture {
        first: ["Sophie", "Lukas", "Lena", "Felix", "Anna", "Maximilian", "Jürgen|juergen", "Emma", "Käthe|kaethe", "Leon", "Greta", "Finn", "Clara", "Moritz", "Frieda", "Jonas", "Marlene", "Björn|bjoern", "Heike", "Stefan"],
        last: ["Müller|mueller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schäfer|schaefer", "Koch", "Bauer", "Richter", "Klein", "Schröder|schroeder", "Neumann", "Zimmermann", "Krüger|krueger", "Groß|gross", "Lehmann", "Vogel"],
        family_first: false, phone: "+49 30 23125 xxx",
    },
    Culture {
        first: ["Chloé|chloe", "Gabriel", "Léa|lea", "Raphaël|raphael", "Manon", "Hugo", "Élodie|elodie", "Jules", "Camille", "Adam", "Zoé|zoe", "Louis", "Inès|ines", "Arthur", "Margaux", "Théo|theo", "Agathe", "Nathan", "Anaïs|anais", "François|francois"],
        last: ["Martin", "Bernard", "Dubois", "Moreau", "Laurent", "Lefèvre|lefevre", "Michel", "Garnier", "Roux", "Fournier", "Girard", "Bonnet", "Dupont", "Mercier", "Faure", "Rousseau", "Blanchard", "Guérin|guerin", "Boyer", "Chevalier"],
        family_first: false, phone: "+33 1 99 00 xx xx",
    },
    Culture {
        first: ["Lucía|lucia", "Mateo", "Sofía|sofia", "Santiago", "Valentina", "Joaquín|joaquin", "Camila", "Alejandro", "Martina", "Sebastián|sebastian", "Renata", "Andrés|andres", "Ximena", "Emilio", "Carmen", "Íñigo|inigo", "Pilar", "Rafael", "Noelia", "Álvaro|alvaro"],
        last: ["García|garcia", "Rodríguez|rodriguez", "Martínez|martinez", "Hernández|hernandez", "López|lopez", "González|gonzalez", "Pérez|perez", "Sánchez|sanchez", "Ramírez|ramirez", "Torres", "Flores", "Rivera", "Gómez|gomez", "Díaz|diaz", "Cruz", "Morales", "Reyes", "Gutiérrez|gutierrez", "Ortiz", "Núñez|nunez"],
        family_first: false, phone: "+1 305 555 01xx",
    },
    Culture {
        first: ["Zofia", "Jakub", "Łukasz|lukasz", "Hanna", "Małgorzata|malgorzata", "Szymon", "Agnieszka", "Piotr", "Katarzyna", "Michał|michal", "Wojciech", "Ewa", "Paweł|pawel", "Magdalena", "Grzegorz", "Beata", "Krzysztof", "Jadwiga", "Stanisław|stanislaw", "Dorota"],
        last: ["Kowalska", "Nowak", "Wiśniewski|wisniewski", "Wójcik|wojcik", "Kamińska|kaminska", "Lewandowski", "Zielińska|zielinska", "Szymański|szymanski", "Dąbrowski|dabrowski", "Kozłowska|kozlowska", "Jankowski", "Mazur", "Krawczyk", "Piotrowska", "Grabowski", "Pawłowski|pawlowski", "Król|krol", "Wieczorek", "Jabłońska|jablonska", "Wróbel|wrobel"],
        family_first: false, phone: "+49 30 23125 xxx",
    },
    Culture {
        first: ["Astrid", "Erik", "Ingrid", "Lars", "Freja", "Søren|soren", "Linnéa|linnea", "Magnus", "Sigrid", "Åke|ake", "Maja", "Henrik", "Tuva", "Øyvind|oyvind", "Saga", "Gustav", "Ebba", "Mikkel", "Ylva", "Håkon|hakon"],
        last: ["Andersson", "Johansen", "Nilsson", "Lindström|lindstrom", "Berg", "Sørensen|sorensen", "Dahl", "Hansen", "Öberg|oberg", "Holm", "Nygård|nygard", "Eriksson", "Kristensen", "Sandberg", "Ström|strom", "Haugen", "Larsen", "Åkesson|akesson", "Vik", "Ekström|ekstrom"],
        family_first: false, phone: "+46 8 465 004 xx",
    },
    Culture {
        first: ["Zeynep", "Mehmet", "Elif", "Mustafa", "Ayşe|ayse", "Emre", "Defne", "Can", "Çağla|cagla", "Kerem", "İrem|irem", "Burak", "Gülşen|gulsen", "Onur", "Selin", "Yiğit|yigit", "Nazlı|nazli", "Ömer|omer", "Ebru", "Tolga"],
        last: ["Yılmaz|yilmaz", "Kaya", "Demir", "Şahin|sahin", "Çelik|celik", "Yıldız|yildiz", "Öztürk|ozturk", "Aydın|aydin", "Arslan", "Doğan|dogan", "Kılıç|kilic", "Koç|koc", "Kurt", "Özdemir|ozdemir", "Polat", "Erdoğmuş|erdogmus", "Aksoy", "Güneş|gunes", "Bulut", "Tekin"],
        family_first: false, phone: "+49 30 23125 xxx",
    },
    Culture {
        first: ["فاطمة|fatima", "محمد|mohamed", "مريم|mariam", "أحمد|ahmed", "نور|nour", "عمر|umar", "سارة|sarah", "يوسف|youssef", "هند|hind", "خالد|khaled", "رنا|rana", "كريم|karim", "دينا|dina", "حسن|hassan", "ليلى|layla", "طارق|tarek", "سلمى|salma", "زياد|ziad", "هدى|huda", "سامي|sami"],
        last: ["حداد|haddad", "منصور|mansour", "خوري|khoury", "النجار|alnajjar", "صالح|saleh", "إبراهيم|ibrahim", "ناصر|nasser", "عبود|abboud", "شاهين|shaheen", "فارس|fares", "قاسم|qasim", "رحمن|rahman", "زيدان|zidan", "بدر|badr", "الأحمد|alahmad", "درويش|darwish", "سليمان|suleiman", "حمدان|hamdan", "عيسى|issa", "جابر|jaber"],
        family_first: false, phone: "+33 1 99 00 xx xx",
    },
    Culture {
        first: ["Aarav", "Priya", "Vivaan", "Ananya", "Rohan", "Diya", "Arjun", "Kavya", "Ishaan", "Meera", "Siddharth", "Nisha", "Karthik", "Lakshmi", "Rahul", "Sunita", "Vikram", "Deepa", "Aditya", "Pooja"],
        last: ["Sharma", "Patel", "Iyer", "Reddy", "Singh", "Gupta", "Nair", "Mehta", "Banerjee", "Chatterjee", "Kapoor", "Joshi", "Desai", "Rao", "Malhotra", "Kulkarni", "Menon", "Verma", "Bhatt", "Krishnan"],
        family_first: false, phone: "+44 7700 900xxx",
    },
    Culture {
        first: ["Chidinma", "Kwame", "Ngozi", "Emeka", "Adaeze", "Kofi", "Folasade", "Chukwuma", "Abena", "Oluwaseun", "Yetunde", "Tunde", "Efua", "Ifeanyi", "Amara", "Kwabena", "Zainab", "Babatunde", "Akosua", "Ikenna"],
        last: ["Okafor", "Mensah", "Adeyemi", "Okonkwo", "Boateng", "Eze", "Asante", "Balogun", "Owusu", "Nwosu", "Adebayo", "Osei", "Obi", "Afolabi", "Appiah", "Chukwu", "Ogunleye", "Danso", "Abubakar", "Nkrumah"],
        family_first: false, phone: "+1 212 555 01xx",
    },
    Culture {
        first: ["伟|wei", "芳|fang", "敏|min", "静|jing", "丽|li", "强|qiang", "磊|lei", "军|jun", "洋|yang", "勇|yong", "艳|yan", "杰|jie", "娟|juan", "涛|tao", "明|ming", "超|chao", "秀英|xiuying", "霞|xia", "平|ping", "桂英|guiying"],
        last: ["王|wang", "李|lee", "张|zhang", "刘|liu", "陈|chen", "杨|yeung", "黄|huang", "赵|zhao", "吴|wu", "周|zhou", "徐|xu", "孙|sun", "马|ma", "朱|zhu", "胡|hu", "郭|guo", "何|he", "林|lin", "高|gao", "罗|luo"],
        family_first: true, phone: "+61 2 5550 xxxx",
    },
    Culture {
        first: ["陽菜|hina", "蓮|ren", "結衣|yui", "大翔|hiroto", "美咲|misaki", "悠真|yuma", "さくら|sakura", "健太|kenta", "葵|aoi", "翔太|shota", "花子|hanako", "拓海|takumi", "愛|ai", "大輔|daisuke", "優子|yuko", "直樹|naoki", "真由美|mayumi", "浩|hiroshi", "恵|megumi", "誠|makoto"],
        last: ["佐藤|sato", "鈴木|suzuki", "高橋|takahashi", "田中|tanaka", "伊藤|ito", "渡辺|watanabe", "山本|yamamoto", "中村|nakamura", "小林|kobayashi", "加藤|kato", "吉田|yoshida", "山田|yamada", "佐々木|sasaki", "山口|yamaguchi", "松本|matsumoto", "井上|inoue", "木村|kimura", "清水|shimizu", "林|hayashi", "斎藤|saito"],
        family_first: true, phone: "+61 2 5550 xxxx",
    },
];

#[rustfmt::skip]
const COMPANY_FIRST: [&str; FIRST_PARTS as usize] = [
    "Alder", "Amberley", "Anchor", "Arbor", "Ashford", "Aurora", "Beacon", "Birchwood", "Bluewater", "Brightside",
    "Cedar", "Cobalt", "Copperfield", "Corner", "Crestline", "Dovetail", "Driftwood", "Eastgate", "Elmwood", "Ember",
    "Evergreen", "Fairview", "Falcon", "Fernhill", "Foxglove", "Glacier", "Granite", "Greenfield", "Harbour", "Hawthorn",
    "Hazel", "Heron", "Highland", "Indigo", "Ironbridge", "Juniper", "Kestrel", "Lakeside", "Lantern", "Larkspur",
    "Linden", "Lighthouse", "Maple", "Meadow", "Millstone", "Moonrise", "Northgate", "Oakhaven", "Orchard", "Osprey",
    "Pinecrest", "Quarry", "Redwood", "Riverbend", "Rowan", "Saffron", "Silverton", "Stonefield", "Summit", "Thistle",
    "Tidewater", "Valley", "Westbrook", "Willow",
];

#[rustfmt::skip]
const COMPANY_SECOND: [&str; SECOND_PARTS as usize] = [
    "Analytics", "Architects", "Bakery", "Bicycles", "Biotech", "Books", "Brewing", "Ceramics", "Clinics", "Coffee",
    "Construction", "Consulting", "Design", "Education", "Electronics", "Energy", "Engineering", "Events", "Farms", "Films",
    "Fitness", "Foods", "Furniture", "Games", "Hotels", "Instruments", "Interiors", "Logistics", "Media", "Optics",
    "Packaging", "Pharmacy", "Plastics", "Robotics", "Shipping", "Software", "Textiles", "Tools", "Travel", "Wines",
];

/// Somebody who does not exist.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) company: String,
    pub(super) work_email: String,
    pub(super) private_email: String,
    pub(super) phone: String,
}

/// Person number `number` of [`PEOPLE`]: no two have a name, a company or an address all in common.
pub(super) fn person(number: u32, rng: &mut Rng) -> Person {
    let (number, first) = (number / NAMES, number % NAMES);
    let (number, last) = (number / NAMES, number % NAMES);
    let (firm, culture) = (number / CULTURES, number % CULTURES);
    let culture = at(&WORLD, culture);
    let (first, last) = (at(&culture.first, first), at(&culture.last, last));
    let (first, first_ascii) = spellings(first);
    let (last, last_ascii) = spellings(last);
    let name = if culture.family_first {
        format!("{last} {first}")
    } else {
        format!("{first} {last}")
    };
    let company_first = at(&COMPANY_FIRST, firm / SECOND_PARTS);
    let company_second = at(&COMPANY_SECOND, firm % SECOND_PARTS);
    let local = format!("{first_ascii}.{last_ascii}");
    let domain = format!("{company_first}-{company_second}.example").to_ascii_lowercase();
    Person {
        name,
        company: format!("{company_first} {company_second}"),
        work_email: format!("{local}@{domain}"),
        // The firm's number stands for it: these addresses are as different as the others.
        private_email: format!("{local}.{}@post.example", firm + 1),
        phone: number_of(culture.phone, rng),
    }
}

/// The pattern with digits for its `x`.
fn number_of(pattern: &str, rng: &mut Rng) -> String {
    let digit = |c| if c == 'x' { rng.digit(10) } else { c };
    pattern.chars().map(digit).collect()
}

/// The entry of a table, counted around.
#[expect(
    clippy::indexing_slicing,
    reason = "no table is empty, and the index is below its length"
)]
fn at<T, const N: usize>(table: &[T; N], index: u32) -> &T {
    &table[index as usize % N]
}

fn spellings(entry: &'static str) -> (&'static str, String) {
    match entry.split_once('|') {
        Some((written, ascii)) => (written, ascii.to_owned()),
        None => (entry, entry.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn everybody_has_an_address_of_their_own() {
        let mut locals = HashSet::new();
        for number in 0..CULTURES * NAMES * NAMES {
            let person = person(number, &mut Rng::with_seed(0));
            let (local, domain) = person.work_email.split_once('@').unwrap();
            assert!(person.work_email.is_ascii(), "{}", person.work_email);
            assert_eq!(domain, "alder-analytics.example");
            assert!(locals.insert(local.to_owned()), "{local} is there twice");
        }
    }

    #[test]
    fn every_company_has_a_domain_of_its_own() {
        let names = COMPANY_FIRST.iter().chain(&COMPANY_SECOND);
        assert_eq!(names.collect::<HashSet<_>>().len(), 104);
    }
}
