"""Why a seal is not ours, and what the pieces of a string to sign are: the words."""

from hongyan.console.words import Words

WORDS: Words = {
    "why_same": ("They are the same.", "两者相同。"),
    "why_case": (
        "They differ in capitals and small letters only: write it as the vendor's document does.",
        "仅大小写不同：请按厂商文档书写（摘要用小写）。",
    ),
    "why_order": (
        "The pieces are the same in another order: sort the parameters by name, byte by byte, before sealing.",
        "内容相同但顺序不同：签名前请按参数名的字节序排序。",
    ),
    "why_plus": (
        "A blank was written as +: write it as %20 (an encoder for forms is not an encoder for this).",
        "空格被写成 +：应写成 %20（不要用表单编码函数）。",
    ),
    "why_twice-encoded": (
        "Something was percent-encoded once too often.",
        "某处百分号编码多做了一次。",
    ),
    "why_not-encoded": (
        "Something was percent-encoded otherwise, or not at all: RFC 3986, everything but A-Z a-z 0-9 - _ . ~.",
        "百分号编码方式不同或缺失：应按 RFC 3986，除 A-Z a-z 0-9 - _ . ~ 外全部编码。",
    ),
    "why_newline": (
        "Only blanks or line ends differ: nothing may follow the last piece.",
        "仅空白或换行不同：最后一段之后不能再有任何字符。",
    ),
    "why_json": (
        "The same JSON was written in two ways: seal the very bytes that are sent, not a second encoding.",
        "同一 JSON 被序列化了两次且写法不同：请对实际发送的字节签名，不要重新序列化。",
    ),
    "why_hash-case": ("The digest of the body is in capitals: write it in lower case.", "正文摘要用了大写：应为小写。"),
    "why_body": (
        "The digest is of another body than the one that came: hash the bytes as they are sent, after serialising.",
        "摘要对应的正文与收到的不同：请对序列化之后、实际发送的字节求摘要。",
    ),
    "why_missing": ("We sealed a piece that yours does not have.", "我方参与签名的某一段，您的串里没有。"),
    "why_surplus": (
        "Yours has a piece that is not sealed, or did not arrive.",
        "您的串里多出一段：它不参与签名，或未到达我方。",
    ),
    "why_secret": (
        "The strings are the same, so the secret is not: check which key's secret is used, and blanks around it.",
        "两串相同，因此不同的是密钥：请检查用的是哪个密钥的 secret，以及其前后有无空格。",
    ),
    "why_value": (
        "A value differs: something changed it between sealing and sending.",
        "某个值不同：签名之后、发送之前被改动过。",
    ),
    "why_encoding": (
        "The digest has another length: another algorithm, or base64 in place of hex (or the reverse).",
        "摘要长度不同：算法不同，或十六进制与 base64 用混。",
    ),
    "why_length": ("This is no digest of the kind that is wanted.", "这不是所要求的摘要。"),
    "why_digest_same": (
        "The digests are the same; something else of the seal is wrong.",
        "摘要相同；签名的其他部分有误。",
    ),
    "why_digest_case": (
        "The digest is right but for its capitals: send it in lower case.",
        "摘要仅大小写不同：请用小写发送。",
    ),
    "why_digest_twice-encoded": (
        "The digest is right but percent-encoded once too often.",
        "摘要正确，但百分号编码多做了一次。",
    ),
    "why_digest_not-encoded": (
        "The digest is right but was not percent-encoded: + became a blank.",
        "摘要正确，但未做百分号编码：+ 变成了空格。",
    ),
    "why_digest_encoding": (
        "The digest has another length: another algorithm, or base64 in place of hex (or the reverse).",
        "摘要长度不同：算法不同，或十六进制与 base64 用混。",
    ),
    "why_digest_length": ("This is no digest of the kind that is wanted.", "这不是所要求的摘要。"),
    "why_digest_value": (
        "Another text was sealed, or another secret. Compare the strings below to see which.",
        "签名的内容或密钥不同。请比较下方的串以确定是哪一个。",
    ),
    "piece_method": ("HTTP method", "HTTP 方法"),
    "piece_path": ("path", "路径"),
    "piece_query": ("query", "查询串"),
    "piece_headers": ("header", "请求头"),
    "piece_names": ("names of the sealed headers", "参与签名的请求头名"),
    "piece_body": ("body, or its digest", "正文或其摘要"),
    "piece_algorithm": ("algorithm", "算法"),
    "piece_digest": ("digest of the request below", "下方请求的摘要"),
    "piece_secret": ("secret", "密钥"),
    "piece_text": ("value", "值"),
    "piece_parameter": ("parameter", "参数"),
}
