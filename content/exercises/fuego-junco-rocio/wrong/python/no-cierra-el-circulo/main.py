def ganador(uno, dos):
    if uno == dos:
        return 0
    if uno == "fuego":
        return 1
    if uno == "junco" and dos == "rocío":
        return 1
    return 2
