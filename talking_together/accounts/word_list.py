"""The words that a member's word is made of: short, kind, and easy to say, hear and spell."""

FIRST = (
    "amber", "autumn", "bold", "brave", "breezy", "bright", "brisk", "bronze", "busy", "calm",
    "careful", "cheerful", "clear", "clever", "coastal", "copper", "cosy", "crisp", "curious", "daring",
    "eager", "early", "easy", "evening", "fair", "famous", "fancy", "fine", "fond", "fresh",
    "friendly", "gentle", "glad", "golden", "grand", "green", "happy", "hardy", "honest", "humble",
    "jolly", "kind", "lively", "loyal", "lucky", "mellow", "merry", "mighty", "modest", "morning",
    "neat", "nimble", "noble", "open", "orange", "patient", "plain", "playful", "polite", "proud",
    "purple", "quick", "quiet", "rapid", "ready", "rosy", "royal", "rural", "scarlet", "shiny",
    "silver", "simple", "smart", "smooth", "snowy", "soft", "sparkling", "spring", "steady", "summer",
    "sunny", "sure", "swift", "tidy", "trusty", "upbeat", "velvet", "warm", "wise", "witty",
)  # fmt: skip
SECOND = (
    "acorn", "apple", "apron", "arrow", "badger", "bagpipe", "barn", "basket", "beacon", "beaver",
    "beetle", "bramble", "bridge", "brook", "button", "cabin", "candle", "canoe", "castle", "cedar",
    "cherry", "clover", "comet", "compass", "cottage", "cricket", "daisy", "dolphin", "dragon", "drum",
    "eagle", "falcon", "feather", "fern", "fiddle", "finch", "forest", "fountain", "garden", "ginger",
    "harbour", "hazel", "hedgehog", "heron", "hill", "island", "ivy", "jigsaw", "kettle", "kite",
    "ladder", "lantern", "lemon", "linnet", "maple", "marble", "meadow", "mitten", "morsel", "nutmeg",
    "oak", "orchard", "otter", "owl", "paddle", "parsley", "pebble", "pepper", "piano", "puffin",
    "quilt", "rabbit", "river", "robin", "rocket", "rudder", "saddle", "sparrow", "spoon", "squirrel",
    "starling", "teapot", "thistle", "tiger", "trumpet", "tulip", "valley", "violin", "walnut", "willow",
)  # fmt: skip
