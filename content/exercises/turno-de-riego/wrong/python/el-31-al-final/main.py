def puede_regar(casa, dia, humedad):
    if humedad < 10:
        return True
    elif humedad >= 40:
        return False
    elif dia == 31:
        return False
    else:
        return casa % 2 == dia % 2
