def ganador(uno, dos):
    if uno == "fuego" and dos == "junco":
        return 1
    if uno == "junco" and dos == "rocío":
        return 1
    if uno == "rocío" and dos == "fuego":
        return 1
    if uno != dos:
        return 2
