"""Characters that are one character in two forms, as far as they occur in names. 异体字

What stands here decides whether two ways to write a name are the same name, and nothing else: names are kept as
they came. Only forms that nobody uses to tell two names apart: traditional and simplified, old and new shape of one
character, and what old input methods put into the private-use area for lack of a code.
Not 于 and 於, 升 and 昇, 肖 and 萧, 闫 and 阎, 付 and 傅: these are different names.
"""

from __future__ import annotations

_FORMS = """
陈陳 张張 刘劉 黄黃 吴吳呉 郑鄭 谢謝 许許 杨楊 赵趙 孙孫 马馬 罗羅 叶葉 蒋蔣 苏蘇 吕呂 卢盧 邓鄧 冯馮 萧蕭 韩韓
贺賀 龚龔 龙龍 万萬 钱錢 钟鍾鐘锺 谭譚 陆陸 范範 贾賈 邹鄒 阎閻 顾顧 邬鄔 骆駱 严嚴 汤湯 乔喬 赖賴 庞龐 颜顏顔 齐齊
俞兪 应應 华華 郏郟 单單 欧歐 阳陽 诸諸 关關 闻聞 闵閔 阙闕 阚闞 鲁魯 鲍鮑 涂塗 温溫 钮鈕 铁鐵鉄 韦韋 项項 须須
顷頃 顺順 频頻 颖穎頴 颢顥 飞飛 饶饒 宁寧 缪繆 纪紀 练練 绍紹 终終 织織 绣繡 绮綺 维維 绵綿 红紅 纯純 纲綱 纶綸
纬緯 绪緒 绫綾 绢絹 缘緣縁 缦縵 缨纓 细細 经經 继繼 续續 绿綠 编編 总總 约約 级級 给給 结結 统統 丽麗 丰豐 为為爲
举舉 义義 乐樂 书書 云雲 亚亞 亿億 从從 仑崙 仓倉 仪儀 优優 会會 伟偉 传傳 伦倫 俭儉 侠俠 债債 儿兒 兰蘭 兴興 养養
军軍 农農 冈岡 冻凍 刚剛 创創 则則 劲勁 励勵 动動 劳勞 勋勳勛 区區 协協 卫衛衞 厉厲 历歷曆 参參 双雙 发發髮 变變
台臺 号號 员員 问問 启啟啓 国國 园園 图圖 圆圓 圣聖 坚堅 坛壇 垒壘 壮壯 声聲 处處 备備 复復複 头頭 奋奮 奖獎 妇婦
娇嬌 娱娛 婵嬋 婴嬰 学學斈 宝寶寳 实實寔 宾賓 宽寬 将將 尔爾 尧堯 岁歲 岗崗 岚嵐 岭嶺 峰峯 帅帥 师師 带帶 广廣
庄莊荘 庆慶 库庫 强強 归歸 录錄録 彦彥 彻徹 忆憶 忧憂 怀懷 恋戀 恒恆 悦悅 惠恵 战戰 执執 扬揚 护護 报報 择擇 挚摯
据據 敌敵 数數 斋齋 无無 时時 旷曠 昙曇 昼晝 显顯 晋晉 晓曉 晔曄 晖暉 暂暫 术術 朴樸 机機 权權 杰傑 来來 极極 枫楓
柠檸 标標 栋棟 树樹 桥橋 桦樺 桢楨 梦夢 检檢 楼樓 榄欖 欢歡 气氣 汉漢 汇匯 沣灃 沧滄 沪滬 泪淚 泸瀘 泽澤沢 泾涇
洁潔 浅淺 测測 济濟 浏瀏 浓濃 涛濤 涟漣 润潤 渊淵 渔漁 滟灩 滢瀅 满滿 滨濱 潇瀟 澜瀾 灏灝 灵靈 灿燦 炜煒 烁爍 烨燁
焕煥 爱愛 牵牽 献獻 环環 玮瑋 玺璽 珑瓏 琏璉 琼瓊 瑶瑤 瑷璦 璎瓔 电電 画畫 畅暢 盖蓋 监監 盘盤 硕碩 确確 礼禮 祎禕
祯禎 禄祿 种種 积積 称稱 稳穩 穷窮 竞競 笃篤 笔筆 筱篠 签簽 简簡 篮籃 类類 粤粵 紧緊 罢罷 羡羨 群羣 翘翹 耀燿 肃肅
胜勝 胧朧 脉脈 腾騰 舆輿 舰艦 艳艷豔 艺藝 节節 芦蘆 芸蕓 苍蒼 苹蘋 荐薦 荣榮 荧熒 药藥 莲蓮 莱萊 莹瑩 莺鶯 萤螢
营營 蓝藍 蔼藹 蕴蘊 虑慮 虽雖 虾蝦 蜕蛻 补補 装裝 见見 观觀 览覽 觉覺 誉譽 订訂 认認 训訓 议議 记記 讲講 论論 设設
访訪 证證 评評 识識 词詞 诏詔 译譯 试試 诗詩 诚誠 话話 诞誕 询詢 详詳 语語 诵誦 说說説 诺諾 谊誼 谋謀 谐諧 谦謙
谨謹 谱譜 贝貝 贞貞 负負 贡貢 财財 责責 贤賢 贵貴 贶貺 费費 资資 赋賦 赐賜 赛賽 赞贊讚 赟贇 赢贏 跃躍 践踐 车車
轩軒 轮輪 轲軻 轶軼 载載 辅輔 辉輝煇 辑輯 达達 迁遷 迈邁 运運 还還 进進 远遠 连連 迟遲 适適 选選 逊遜 递遞 遥遙
邝鄺 酝醞 里裡裏 鉴鑑鑒 针針 钊釗 钏釧 钦欽 钧鈞 钰鈺 铃鈴 铄鑠 铎鐸 铖鋮 铜銅 铠鎧 铨銓 铭銘 银銀 锋鋒 锐銳鋭 锡錫
锦錦 键鍵 锴鍇 镇鎮 镕鎔 镜鏡 镛鏞 长長 门門 闪閃 闯闖 闰閏 闲閒閑 间間 闽閩 阅閱閲 阔闊 队隊 阶階 际際 陇隴 险險
随隨 隐隱 隽雋 难難 雏雛 霁霽 雾霧 静靜 韧韌 韬韜 韵韻 顶頂 领領 颂頌 预預 题題 额額 风風 飒颯 飘飄 饮飲 馆館 驭馭
驰馳 驹駒 驻駐 驿驛 骁驍 骄驕 骅驊 验驗 骏駿 骐騏 骞騫 骥驥 鱼魚 鲜鮮 鲲鯤 鸟鳥 鸣鳴 鸥鷗 鸽鴿 鸾鸞 鸿鴻 鹃鵑 鹄鵠
鹅鵝 鹏鵬 鹤鶴 鹰鷹 麦麥 龄齡 龟龜 户戶戸 查査 高髙 青靑 清淸 教敎 尚尙 德徳悳 冲沖 况況 净淨 真眞 邮郵 愿願 步歩
"""

_PRIVATE = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
"""characters of GBK's last row that had no code of their own when its table was made"""


def _ordinary() -> dict[int, int]:
    """Every form → the one that stands for all of them."""
    forms = {ord(form): ord(kept[0]) for kept in _FORMS.split() for form in kept[1:] if form != kept[0]}
    return forms | _private_use()


def _private_use() -> dict[int, int]:
    """U+E815 to U+E864, where Windows once put the 80 characters FE50 to FEA0 of GBK, in their order. 自造字"""
    trails = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
    found = {}
    for private, trail in enumerate(trails, start=0xE815):
        sign = ord(bytes((0xFE, trail)).decode("gb18030"))
        found[private] = _PRIVATE.get(sign, sign)
    return {private: sign for private, sign in found.items() if private != sign}


ORDINARY = _ordinary()
