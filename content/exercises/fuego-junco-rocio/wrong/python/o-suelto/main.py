def ganador(uno, dos):
    if uno == dos:
        return 0
    elif uno == "fuego" and dos == "junco":
        return 1
    elif uno == "junco" or "rocío" and dos == "fuego":
        return 1
    else:
        return 2
