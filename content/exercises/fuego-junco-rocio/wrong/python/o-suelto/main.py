def ganador(uno, dos):
    if uno == dos:
        return 0
    elif uno == "fuego" and dos == "rocío":
        return 2
    elif uno == "junco" or "rocío":
        return 1
    else:
        return 2
