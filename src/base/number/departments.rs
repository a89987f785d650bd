//! Who registers an organization, and what it is: GB 32100-2015 table 1 with amendment 1.

/// A registering department and one of its categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Department {
    code: u8,
    pub(super) name: &'static str,
    categories: &'static [(u8, &'static str)],
}

impl Department {
    pub(super) fn find(code: u8) -> Option<&'static Department> {
        TABLE.iter().find(|d| d.code == code)
    }

    /// The name of a category; 9 is 其他 in every department that has one.
    pub(super) fn category(&self, code: u8) -> Option<&'static str> {
        self.categories.iter().find(|(c, _)| *c == code).map(|(_, name)| *name)
    }
}

const fn department(code: u8, name: &'static str, categories: &'static [(u8, &'static str)]) -> Department {
    Department { code, name, categories }
}

static TABLE: [Department; 12] = [
    department(
        b'1',
        "机构编制",
        &[(b'1', "机关"), (b'2', "事业单位"), (b'3', "编办直接管理机构编制的群众团体"), (b'9', "其他")],
    ),
    department(b'2', "外交", &[(b'1', "外国常驻新闻机构"), (b'9', "其他")]),
    department(
        b'3',
        "司法行政",
        &[
            (b'1', "律师执业机构"),
            (b'2', "公证处"),
            (b'3', "基层法律服务所"),
            (b'4', "司法鉴定机构"),
            (b'5', "仲裁委员会"),
            (b'9', "其他"),
        ],
    ),
    department(b'4', "文化", &[(b'1', "外国在华文化中心"), (b'9', "其他")]),
    department(
        b'5',
        "民政",
        &[(b'1', "社会团体"), (b'2', "民办非企业单位"), (b'3', "基金会"), (b'9', "其他")],
    ),
    department(
        b'6',
        "旅游",
        &[
            (b'1', "外国旅游部门常驻代表机构"),
            (b'2', "港澳台地区旅游部门常驻内地(大陆)代表机构"),
            (b'9', "其他"),
        ],
    ),
    department(b'7', "宗教", &[(b'1', "宗教活动场所"), (b'2', "宗教院校"), (b'9', "其他")]),
    department(b'8', "工会", &[(b'1', "基层工会"), (b'9', "其他")]),
    department(
        b'9',
        "工商",
        &[(b'1', "企业"), (b'2', "个体工商户"), (b'3', "农民专业合作社"), (b'9', "其他")],
    ),
    department(b'A', "中央军委改革和编制办公室", &[(b'1', "军队事业单位"), (b'9', "其他")]),
    department(
        b'N',
        "农业",
        &[
            (b'1', "组级集体经济组织"),
            (b'2', "村级集体经济组织"),
            (b'3', "乡镇级集体经济组织"),
            (b'9', "其他"),
        ],
    ),
    department(b'Y', "其他", &[(b'1', "其他")]),
];
