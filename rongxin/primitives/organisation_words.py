"""Words that Chinese organisations carry in their names, and the surnames that keep a short name a person's.

A list of words is never complete. It is measured against real registered names in the tests, and in doubt it says
"person": a name wrongly refused can be sent again with its code, a person wrongly taken in could not be taken back.
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Company Law, Partnership Enterprise Law, Sole Proprietorship Law, Law on Farmers' Cooperatives; forms under
# older rules; branches; public institutions, associations, authorities.
LEGAL_FORMS = _words("""
    有限责任公司 有限公司 股份有限公司 集团有限公司 集团股份有限公司 股份公司 总公司 分公司 子公司 集团公司
    公司 集团 有限责任公司分公司 有限公司分公司 股份有限公司分公司 合伙企业（有限合伙） 合伙企业（普通合伙）
    合伙企业（特殊普通合伙） 合伙企业 （有限合伙） （普通合伙） （特殊普通合伙） 个人独资企业 农民专业合作社
    专业合作社 合作社联合社 股份合作社 股份经济合作社 经济合作社 供销合作社 信用合作社 合作社 联合社 联社 企业
    工厂 总厂 分厂 厂 商店 总店 分店 店 商行 商场 超市 门市部 经营部 营业部 服务部 经销部 批发部 销售部 供应站
    服务站 加油站 站 中心 分中心 农场 林场 养殖场 场 总行 分行 支行 分理处 储蓄所 营业所 办事处 代表处 工作室
    工作站 律师事务所 会计师事务所 事务所 研究院 研究所 设计院 大学 学院 学校 中学 小学 幼儿园 医院 卫生院 诊所
    门诊部 图书馆 博物馆 协会 学会 商会 联合会 促进会 基金会 委员会 管委会 居民委员会 村民委员会 人民政府
    街道办事处 局 厅 处 所 社 院 馆 法院 检察院 工会
""")

# Outside brackets these make it an organisation, however short the name is.
NEVER_A_PERSON = _words("公司 集团 企业 合作社 事务所 委员会 人民政府 银行")

# Anywhere in a name that is not as short as a person's these make it an organisation.
ORGANISATION_WORDS = _words("""
    股份 合伙 联社 供销社 信用社 分社 总社 基层社 信托 证券 保险 期货 基金 租赁行 总行 分行 支行 分理处 储蓄所
    营业所 营业厅 营业部 办事处 代表处 管理处 项目部 指挥部 工厂 总厂 分厂 制造厂 加工厂 加工场 工场 作坊 厂房
    工段 车间 工程队 施工队 工程处 商店 总店 分店 门店 连锁店 专卖店 旗舰店 便利店 小卖部 商场 商城 商厦 百货
    超市 市场 集市 门市 经营部 经销部 批发部 零售部 销售部 服务部 开发部 供应部 采购站 购销 商行 商社 贸易行
    货栈 茶庄 茶行 茶楼 酒楼 酒家 酒店 饭店 饭庄 餐厅 餐馆 食堂 小吃店 面馆 火锅城 咖啡厅 咖啡馆 酒吧 网吧 茶馆
    宾馆 旅馆 旅社 招待所 客栈 民宿 度假村 山庄 农庄 庄园 会所 俱乐部 影院 剧院 剧场 戏院 歌舞厅 游乐园 公园
    浴室 澡堂 理发厅 理发店 美容院 照相馆 书店 书社 书局 书城 药店 药房 药铺 诊所 门诊部 医院 卫生院 卫生所
    卫生室 保健院 疗养院 养老院 敬老院 福利院 学校 大学 中学 小学 党校 学院 幼儿园 托儿所 培训班 研究院 研究所
    研究会 设计院 设计所 勘察院 检测所 实验室 分院 图书馆 博物馆 美术馆 体育馆 纪念馆 文化馆 展览馆 报社 杂志社
    出版社 通讯社 电视台 电台 农场 林场 牧场 渔场 茶场 果场 养殖场 养猪场 养鸡场 种植场 苗圃 果园 林业站 水库
    煤矿 矿场 采石场 石料场 砂场 电站 水厂 电厂 粮站 粮库 油库 仓库 冷库 车队 船队 码头 车站 机场 加油站 加气站
    充电站 服务站 维修站 收购站 供应站 供电所 邮政所 邮电 大厦 大楼 广场 中心 机构 工作室 工作站 经济社
    经济联合 生产队 生产组 村民小组 居委会 村委会 管委会 理事会 协会 学会 商会 联合会 促进会 基金会 同乡会 工会
    联盟 总会 政府 街道办 法院 检察院 公安局 派出所 税务局 管理局 监督局 监管局 大队 支队 总队 中队 服务处 分局
    支局 总局 站点 网点 代办点 代售点 售票处 收费站 经营户 经营点 教堂 寺院 道观 清真寺 公证处 仲裁委 鉴定所
    律师所 鉴定中心 党委 党支部 团委 妇联
""")

# The same as the last character; brackets and numbers behind it do not count.
FIRM_ENDINGS = "厂店站所社局厅部处场队库矿馆校院行点栈铺"

# And these from five characters on: people are called 雨轩 and 玉楼.
DECORATIVE_ENDINGS = "轩阁堂斋居城楼庄园苑屋坊吧室会台寺庙宫观庵祠组圃港村司署委办"

ENGLISH_FORMS = (
    *("CO.,LTD", "CO., LTD", "CO.LTD", "CO LTD", "COMPANY", "LIMITED", "LTD", "INC", "LLC", "LLP", "CORP"),
    *("CORPORATION", "GMBH", "PLC", "S.A.", "PTE", "HOLDINGS", "GROUP", "BANK", "UNIVERSITY", "ASSOCIATION"),
    "FOUNDATION",
)

COMPOUND_SURNAMES = _words("""
    欧阳 上官 司马 诸葛 司徒 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 轩辕 端木 独孤 南宫 西门 闻人 澹台 申屠
    太史 公冶 宗政 濮阳 淳于 单于 仲孙 钟离 鲜于 闾丘 司空 亓官 司寇 呼延 赫连 拓跋 百里 谷梁 万俟
""")

COMMON_SURNAMES = frozenset(
    "".join(
        _words("""
    王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎
    余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文
    庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜肖
    詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边阴闫连
    池卓阙简饶佘缪官巫丘念蓝危揭邬鄢占米来明全宣计仇仝晏瞿闻党宫戚甯冷晁都胥束幸敖冀桑艾原匡麻鞠楚储蒙竺
    浦别应符寿尚农晋乐鄂祖滕阚窦苟井岑利
""")
    )
)

PROVINCES = _words("""
    北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西
    海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门
""")

# How companies name their trade in front of the legal form; the longest match wins.
TRADES = _words("""
    科技 网络科技 信息科技 生物科技 环保科技 农业科技 信息技术 电子科技 软件 网络 通信 电子 贸易 进出口贸易
    进出口 商贸 国际贸易 实业 工贸 投资 投资管理 资产管理 控股 融资租赁 房地产 房地产开发 房地产经纪 置业 物业
    物业管理 物业服务 建筑 建筑工程 建设工程 建设 工程 装饰 装饰工程 建筑装饰工程 园林 园林绿化 市政工程
    建筑劳务 劳务 劳务派遣 人力资源 安装工程 食品 餐饮 餐饮管理 餐饮服务 酒店管理 茶业 酒业 水产 水产养殖 渔业
    农业 农业开发 养殖 服装 服饰 鞋业 纺织 针织 家具 家居 工艺品 包装 印刷 塑料 塑胶 橡胶 化工 建材 机械
    机械设备 机电 机电设备 电器 电气 五金 金属制品 钢铁 钢结构 汽车 汽车服务 汽车销售 医药 药业 医疗器械
    医疗科技 生物 生物工程 能源 新能源 电力 电力工程 环保 环境工程 水务 物流 运输 货运 货物运输 货运代理
    国际货运代理 供应链管理 仓储 快递 船务 旅行社 旅游 文化传播 文化传媒 传媒 广告 文化 教育 教育咨询 培训 咨询
    企业管理 企业管理咨询 商务服务 信息咨询 技术服务 家政服务 保安服务 会展服务 典当 担保 融资担保 小额贷款
    保险代理 保险经纪
""")
