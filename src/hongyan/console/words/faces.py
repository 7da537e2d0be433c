"""How messages look on a handset: bubbles and cards, and their words."""

WORDS: dict[str, tuple[str, str]] = {
    "one_time_code": ("One-time code", "验证码"),
    "copy_code": ("Copy code", "复制验证码"),
    "card": ("Card", "卡片"),
    "card_image": ("Picture", "图片"),
    "card_video": ("Video", "视频"),
    "open_card": ("Open the card's page", "打开卡片页面"),
    "without_cards": ("As phones without cards show it", "不支持卡片的手机所见"),
}
