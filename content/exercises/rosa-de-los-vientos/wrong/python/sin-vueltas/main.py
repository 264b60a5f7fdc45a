def rumbo(grados):
    if grados < 23:
        return "N"
    if grados < 68:
        return "NE"
    if grados < 113:
        return "E"
    if grados < 158:
        return "SE"
    if grados < 203:
        return "S"
    if grados < 248:
        return "SO"
    if grados < 293:
        return "O"
    if grados < 338:
        return "NO"
    return "N"
