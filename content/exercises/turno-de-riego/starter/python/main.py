def puede_regar(casa, dia, humedad):
    pass
