def ganador(uno, dos):
    if uno == dos:
        return 0
    if uno == "fuego" or dos == "junco":
        return 1
    if uno == "junco" or dos == "rocío":
        return 1
    if uno == "rocío" or dos == "fuego":
        return 1
    return 2
