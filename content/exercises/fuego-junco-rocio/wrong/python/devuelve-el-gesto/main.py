def ganador(uno, dos):
    if uno == dos:
        return 0
    if uno == "fuego" and dos == "junco":
        return uno
    if uno == "junco" and dos == "rocío":
        return uno
    if uno == "rocío" and dos == "fuego":
        return uno
    return dos
