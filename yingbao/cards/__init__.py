"""Who has no card yet, photos, batches to the card centre, cards handed out. 市民卡"""
