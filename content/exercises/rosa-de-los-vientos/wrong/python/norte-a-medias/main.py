def rumbo(grados):
    g = grados % 360
    if g < 23:
        return "N"
    elif g < 68:
        return "NE"
    elif g < 113:
        return "E"
    elif g < 158:
        return "SE"
    elif g < 203:
        return "S"
    elif g < 248:
        return "SO"
    elif g < 293:
        return "O"
    elif g < 338:
        return "NO"
