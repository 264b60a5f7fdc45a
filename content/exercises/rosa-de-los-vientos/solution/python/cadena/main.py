def rumbo(grados):
    g = grados % 360
    if g < 23:
        return "N"
    if g < 68:
        return "NE"
    if g < 113:
        return "E"
    if g < 158:
        return "SE"
    if g < 203:
        return "S"
    if g < 248:
        return "SO"
    if g < 293:
        return "O"
    if g < 338:
        return "NO"
    return "N"
